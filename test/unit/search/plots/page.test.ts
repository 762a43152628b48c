// The page stands alone, runs nothing that a user named, and tells every state of a study.
import { describe, expect, test } from "vitest";
import { floatDistribution } from "../../../../lib/search/distribution.js";
import type { Figure } from "../../../../lib/search/plots/figure.js";
import { studyPage } from "../../../../lib/search/plots/page.js";
import type { StudyRecord, TrialState } from "../../../../lib/search/record.js";
import { study, trainingStudy, trial, twoObjectives } from "../sample_studies.js";

const scripts = /<script>([\s\S]*?)<\/script>/g;

/** The page without the library. */
function own(page: string): string {
  const [library] = [...page.matchAll(scripts)]
    .map(([, text]) => text as string)
    .toSorted((a, b) => b.length - a.length);
  return page.replace(library as string, () => "");
}

function figures(page: string): Figure[] {
  return JSON.parse(/const figures = (.*);\n/.exec(own(page))?.[1] as string) as Figure[];
}

const hostile = `</script><img src=x onerror="alert('1')">&amp;`;

function hostileStudy(): StudyRecord {
  const parameters = { [hostile]: hostile };
  return study(
    [
      trial(0, "complete", {
        values: [1],
        parameters: { ...parameters, rate: 1 },
        distributions: {
          [hostile]: { kind: "categorical", choices: [hostile] },
          rate: floatDistribution("rate", 0, 2),
        },
      }),
      trial(1, "failed", { systemAttributes: { "netwright:failure": { kind: "threw", message: hostile } } }),
    ],
    { name: hostile, systemAttributes: { "study:metric_names": [hostile] } },
  );
}

describe("self-contained", () => {
  const page = studyPage(trainingStudy({ trials: 40 }));

  test("nothing is loaded from anywhere, and the browser is told so", () => {
    expect(own(page)).not.toMatch(/\b(src|href)\s*=|url\(|@import|https?:/i);
    expect(page).toContain(`content="default-src 'none'; script-src 'unsafe-inline'`);
    expect(page).toContain("plotly.js (cartesian - minified)");
    expect(page).toContain("Licensed under the MIT license");
  });

  test("there are two scripts, and a place for every figure", () => {
    expect([...page.matchAll(scripts)]).toHaveLength(2);
    expect(page.match(/<div class="plot"/g)).toHaveLength(figures(page).length);
  });
});

test("what users name is text, in the page and in the figures", () => {
  const page = studyPage(hostileStudy());
  expect([...page.matchAll(scripts)]).toHaveLength(2);
  expect(own(page)).not.toContain("<img");
  expect(own(page)).toContain("&lt;/script&gt;&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;amp;");
  const texts = JSON.stringify(figures(page));
  expect(texts).toContain("&lt;img");
  expect(texts).not.toContain("<img");
});

test("best trial, counts, savings and explanations", () => {
  const text = own(studyPage(trainingStudy({ trials: 120 })));
  expect(text).toContain("<h2>Best trial</h2>");
  for (const heading of [
    "History",
    "Importance of the parameters",
    "Value against each parameter",
    "All parameters together",
    "Learning curves",
    "Timeline",
    "All trials",
  ])
    expect(text).toContain(`<h2>${heading}</h2><p>`);
  expect(text).toMatch(/Pruning ended \d+ trials after \d+ steps in all; \d+ more were not run, about \d+ min/);
  expect(text).toContain("the loss is NaN at step");
  expect(text.match(/<tr>/g)).toHaveLength(121);
});

test.each<TrialState>(["running", "waiting", "failed", "pruned"])("a study whose only trial is %s", (state) => {
  const text = own(studyPage(study([trial(0, state, state === "pruned" ? { values: [1] } : {})])));
  expect(text).toContain("No trial is complete yet.");
  expect(text).toContain(`<i class="dot ${state}"></i>${state}</td>`);
});

test("a study without trials has a page too", () => {
  const page = studyPage(study([]));
  expect(figures(page)).toEqual([]);
  expect(own(page)).toContain("0 trials");
});

test("several objectives: the front, and plots for each of them by name", () => {
  const page = studyPage(twoObjectives(30));
  const text = own(page);
  expect(text).toContain("<h2>Best trials</h2>");
  for (const heading of ["Pareto front", "History: accuracy", "History: seconds"])
    expect(text).toContain(`<h2>${heading}</h2>`);
  expect(figures(page)[0]?.layout.xaxis?.title?.text).toBe("accuracy (maximize)");
});

test("importances that were given are shown as they are", () => {
  const page = studyPage(trainingStudy({ trials: 20 }), {
    importances: [{ depth: 1, dropout: 0 }],
    title: "A <title>",
  });
  expect(page).toContain("<title>A &lt;title&gt;</title>");
  expect(figures(page).some(({ data }) => JSON.stringify(data[0]?.x) === "[0,1]")).toBe(true);
});
