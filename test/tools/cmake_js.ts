// Calls cmake-js: the one way in which the addon is compiled.
import { jobs, packageScript, run } from "./shell.js";

/** Compiles into build/; extra parameters go to cmake-js as they are. Shows the output only when it fails. */
export function cmakeJs(...parameters: string[]): void {
  const call = packageScript("cmake-js/bin/cmake-js", ["build", "--parallel", jobs, ...parameters]);
  const { code, output } = run(...call, { capture: true });
  if (code === 0) return;
  process.stderr.write(output);
  process.stderr.write(
    "\nThe native build failed. It needs a C++17 compiler (GCC 11+ or Clang 14+) and CMake 3.18+.\n",
  );
  process.exit(code);
}
