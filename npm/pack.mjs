// Makes npm packages of release archives: `node npm/pack.mjs ARCHIVES OUT`. One package a machine, which holds the program, and `privgate`,
// which depends on the one that fits. None of them runs anything when it is installed.
import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const MACHINES = {
  "x86_64-unknown-linux-musl": ["linux", "x64"],
  "aarch64-unknown-linux-musl": ["linux", "arm64"],
  "x86_64-apple-darwin": ["darwin", "x64"],
  "aarch64-apple-darwin": ["darwin", "arm64"],
  "x86_64-pc-windows-msvc": ["win32", "x64"],
  "aarch64-pc-windows-msvc": ["win32", "arm64"],
};

const here = dirname(fileURLToPath(import.meta.url));
const [archives, out] = process.argv.slice(2).map((path) => resolve(path));
const cargo = readFileSync(join(here, "../Cargo.toml"), "utf8");
const field = (name) => cargo.match(new RegExp(`^${name} = "(.*)"$`, "m"))[1];
const version = field("version");
// npm's provenance asks for the repository that the workflow runs in
const repository = process.env.GITHUB_REPOSITORY
  ? { repository: { type: "git", url: `git+${process.env.GITHUB_SERVER_URL ?? "https://github.com"}/${process.env.GITHUB_REPOSITORY}.git` } }
  : {};
const common = { version, description: field("description"), license: field("license"), ...repository };
const texts = ["README.md", "LICENSE-MIT", "LICENSE-APACHE", "NOTICE"];

function make(name, fields, fill) {
  const folder = join(out, name);
  mkdirSync(join(folder, "bin"), { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name, ...common, ...fields }, null, 2) + "\n");
  for (const text of texts) copyFileSync(join(here, "..", text), join(folder, text));
  fill(folder);
}

const packed = {};
for (const [target, [os, cpu]] of Object.entries(MACHINES)) {
  const archive = `privgate-v${version}-${target}.tar.gz`;
  if (!readdirSync(archives).includes(archive)) continue;
  const name = `privgate-${os}-${cpu}`;
  const program = os === "win32" ? "privgate.exe" : "privgate";
  make(name, { os: [os], cpu: [cpu], files: ["bin"], preferUnplugged: true }, (folder) => {
    const work = mkdtempSync(join(tmpdir(), "privgate-"));
    execFileSync("tar", ["-xzf", archive, "-C", work], { cwd: archives });
    copyFileSync(join(work, archive.replace(".tar.gz", ""), program), join(folder, "bin", program));
    chmodSync(join(folder, "bin", program), 0o755);
    rmSync(work, { recursive: true });
  });
  packed[name] = version;
}
if (Object.keys(packed).length === 0) throw new Error(`no archive of version ${version} in ${archives}`);
make("privgate", { bin: { privgate: "bin/privgate.js" }, optionalDependencies: packed, engines: { node: ">=18" }, files: ["bin"] }, (folder) =>
  copyFileSync(join(here, "privgate.js"), join(folder, "bin", "privgate.js")),
);
console.log(Object.keys(packed).join("\n"));
