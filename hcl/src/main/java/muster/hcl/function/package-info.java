/**
 * The functions that expressions can call: HCL's standard set as job files know it, and apart from it those that read files.
 * The standard set is pure: time and randomness are handed in. Consumers put the sets they allow into a scope.
 */
package muster.hcl.function;
