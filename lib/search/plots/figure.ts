// The part of Plotly's figures that the plots here use, as types: a figure is plain data that JSON carries.

/** Null leaves a gap in a line. */
export type Coordinate = number | string | null;

export type ColorScale = readonly (readonly [position: number, color: string])[];

export interface ColorBar {
  readonly title?: { readonly text: string; readonly side?: "right" | "top" };
  readonly thickness?: number;
  readonly len?: number;
  readonly outlinewidth?: number;
  readonly tickvals?: readonly number[];
  readonly ticktext?: readonly string[];
}

export interface Marker {
  readonly color?: string | readonly (number | string)[];
  readonly size?: number;
  readonly symbol?: string;
  readonly opacity?: number;
  readonly line?: { readonly width: number; readonly color?: string };
  readonly colorscale?: ColorScale;
  readonly cmin?: number;
  readonly cmax?: number;
  readonly showscale?: boolean;
  readonly colorbar?: ColorBar;
}

interface TraceBase {
  readonly name?: string;
  readonly x: readonly Coordinate[];
  readonly y: readonly Coordinate[];
  readonly xaxis?: string;
  readonly yaxis?: string;
  readonly showlegend?: boolean;
  readonly legendgroup?: string;
  readonly opacity?: number;
  /** Shown when the pointer is near: one for each point, in place of the coordinates. Not a template, so names cannot break it. */
  readonly hovertext?: readonly string[];
  readonly hoverinfo?: "text" | "skip";
}

export interface ScatterTrace extends TraceBase {
  readonly type: "scatter";
  readonly mode: "lines" | "markers" | "lines+markers" | "text";
  readonly line?: {
    readonly color?: string;
    readonly width?: number;
    readonly shape?: "linear" | "hv";
    readonly dash?: "dot" | "dash";
  };
  readonly marker?: Marker;
  readonly connectgaps?: boolean;
  readonly cliponaxis?: boolean;
}

export interface BarTrace extends TraceBase {
  readonly type: "bar";
  readonly orientation: "h";
  /** Where each bar begins. Default 0. */
  readonly base?: readonly number[];
  readonly width?: number;
  readonly marker?: Marker;
  readonly text?: readonly string[];
  readonly textposition?: "auto" | "outside" | "none";
  readonly cliponaxis?: boolean;
}

export interface HeatmapTrace extends Omit<TraceBase, "hovertext"> {
  readonly type: "heatmap";
  /** [row][column]; null leaves a hole. */
  readonly z: readonly (readonly (number | null)[])[];
  readonly zmin: number;
  readonly zmax: number;
  readonly colorscale: ColorScale;
  readonly colorbar?: ColorBar;
  readonly xgap?: number;
  readonly ygap?: number;
  readonly text?: readonly (readonly string[])[];
  readonly texttemplate?: string;
  readonly hovertext?: readonly (readonly string[])[];
}

export type Trace = ScatterTrace | BarTrace | HeatmapTrace;

export interface Axis {
  readonly title?: { readonly text: string; readonly standoff?: number; readonly font?: { readonly size: number } };
  readonly type?: "linear" | "log" | "category";
  /** Of a log axis in powers of ten. */
  readonly range?: readonly [number, number];
  readonly domain?: readonly [number, number];
  readonly anchor?: string;
  readonly overlaying?: string;
  readonly matches?: string;
  readonly categoryorder?: "array";
  readonly categoryarray?: readonly string[];
  readonly tickvals?: readonly (number | string)[];
  readonly ticktext?: readonly string[];
  readonly tickangle?: number;
  readonly tickfont?: { readonly size: number };
  readonly nticks?: number;
  readonly dtick?: number | string;
  readonly tickformat?: string;
  readonly ticksuffix?: string;
  readonly exponentformat?: "power" | "e" | "none";
  readonly visible?: boolean;
  readonly showgrid?: boolean;
  readonly showticklabels?: boolean;
  readonly zeroline?: boolean;
  readonly fixedrange?: boolean;
  readonly automargin?: boolean;
  readonly side?: "top" | "bottom";
}

export interface Annotation {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly xref?: string;
  readonly yref?: string;
  readonly xanchor?: "left" | "center" | "right";
  readonly yanchor?: "top" | "middle" | "bottom";
  readonly xshift?: number;
  readonly showarrow: false;
  readonly font?: { readonly size?: number };
}

export interface LineShape {
  readonly type: "line";
  readonly x0: number;
  readonly x1: number;
  readonly y0: number;
  readonly y1: number;
  readonly layer?: "below" | "above";
  readonly line: { readonly color: string; readonly width: number };
}

export interface Layout {
  readonly height: number;
  readonly margin?: { readonly l?: number; readonly r?: number; readonly t?: number; readonly b?: number };
  readonly showlegend?: boolean;
  readonly legend?: {
    readonly orientation: "h";
    readonly x?: number;
    readonly y?: number;
    readonly xanchor?: "left" | "right";
    readonly yanchor?: "top" | "bottom";
  };
  readonly hovermode?: "closest";
  readonly barmode?: "overlay";
  readonly bargap?: number;
  readonly annotations?: readonly Annotation[];
  readonly shapes?: readonly LineShape[];
  /** `xaxis`, `xaxis2`, ... */
  readonly [axis: `xaxis${string}` | `yaxis${string}`]: Axis;
}

export interface Figure {
  readonly data: readonly Trace[];
  readonly layout: Layout;
}
