/**
 * Who may use a route: htpasswd files and passwords in the forms they have there. Pure; a check can cost a tenth of a second of computing, so
 * callers on event loops hand it to another thread. Called by the dialects and middlewares.
 */
package muster.lb.auth;
