/**
 * What templates read beyond the registry client: Vault, Nomad, and Consul's further APIs, over HTTP. Does I/O on virtual
 * threads; leases and requests are pure. Called by the watcher.
 */
package muster.template.source;
