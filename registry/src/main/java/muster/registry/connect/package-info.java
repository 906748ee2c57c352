/**
 * The mesh's certificate authority at work: makes keys and certificates, keeps the authority in the state, gives out leafs
 * and renews them, reads identities. Not pure: it has a clock and chance. Called by the HTTP handlers.
 */
package muster.registry.connect;
