package muster.lb.exchange;

/** Why a target gave no answer. */
public enum Failure {
    /** Refused, no route to it, no such name: nothing was sent. */
    UNREACHABLE,
    /** The connection ended before an answer. */
    CLOSED,
    /** No connection, or no answer, in time. */
    TIMEOUT,
    /** The answer is not HTTP. */
    MALFORMED,
    /** The certificate was not accepted, or TLS failed otherwise. */
    TLS,
    /** The queue for connections to the target is full. */
    OVERLOADED
}
