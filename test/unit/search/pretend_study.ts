// The study that tests of samplers and pruners run on: the one that ships with the conformance checks.
export { type Ending, PretendStudy, PretendTrial } from "../../../lib/search/conformance/pretend_study.js";
