#!/usr/bin/env node
// Runs the program that the package of this machine carries, and ends as it ends.
"use strict";

const { spawnSync } = require("node:child_process");

const name = `privgate-${process.platform}-${process.arch}`;
const program = process.platform === "win32" ? "privgate.exe" : "privgate";

let path;
try {
  path = require.resolve(`${name}/bin/${program}`);
} catch {
  console.error(`privgate: there is no program for ${process.platform} on ${process.arch} here: the package ${name} is not installed`);
  process.exit(3);
}
const ran = spawnSync(path, process.argv.slice(2), { stdio: "inherit" });
if (ran.error) console.error(`privgate: ${ran.error.message}`);
// killed is no pass
process.exit(ran.status === null ? 3 : ran.status);
