/**
 * Who may do what: resources, permissions, the rule language, and the decision over both. All but {@link
 * muster.registry.acl.AccessControl}, which resolves tokens at the edge, is pure. Called by every endpoint, by the local agent
 * and by the in-process client.
 */
package muster.registry.acl;
