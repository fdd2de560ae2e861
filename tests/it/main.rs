//! Black-box tests over the started binary: one module per area of promises, one binary for all (linking costs seconds).

mod accounts;
mod architecture;
mod crash;
mod demo;
mod first_run;
mod import;
mod openapi;
mod public_api;
mod running;
mod support;
mod tenancy;
