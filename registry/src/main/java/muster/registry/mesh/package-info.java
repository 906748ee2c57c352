/**
 * What the mesh is configured with, as values: config entries with their forms and rules, discovery chains made of them,
 * intentions, network coordinates, and the certificate authority's public and secret parts. Pure. Called by the state's
 * tables, the HTTP handlers and the certificate authority.
 */
package muster.registry.mesh;
