// The whole report: runs its sections and writes one page. npm run report -- [--quick | --full] [--only A,B] [--out report.html]
import { command } from "./run.js";
import { sections } from "./sections.js";

await command(sections, "out/report.html");
