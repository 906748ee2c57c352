/**
 * Who may do what: the rule language, the rights that a token's policies make, and callers. Pure but for {@link
 * muster.scheduler.acl.AccessControl}, which keeps what it resolved. Called by the HTTP API, for each request.
 */
package muster.scheduler.acl;
