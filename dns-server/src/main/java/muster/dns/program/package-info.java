/**
 * {@code muster dns}: the DNS server alone, beside any registry that speaks Consul's HTTP API. Its arguments are read by pure
 * code. Called by the process's main.
 */
package muster.dns.program;
