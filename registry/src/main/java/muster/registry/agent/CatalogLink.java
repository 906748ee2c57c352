package muster.registry.agent;

import muster.registry.state.Command;

/**
 * The catalog as an agent sees it. On a server that is its own state and log; an agent without a state asks a server.
 */
public interface CatalogLink {
    /** What it holds of a node. Throws {@link CatalogUnavailableException} when it can't be asked. */
    NodeRows rows(String node);

    /** How many nodes it holds, as far as is known. */
    int nodes();

    /**
     * Applies a change and returns once it took effect. Throws {@link CatalogUnavailableException} when it could not be
     * applied, for lack of a leader or because the state refused it.
     */
    void apply(Command command) throws InterruptedException;

    /**
     * As {@link #apply(Command)}, with the rights of a token; "" is the agent's own for such a change. Throws {@link
     * muster.registry.acl.DeniedException} when they do not suffice.
     */
    void apply(Command command, String secret) throws InterruptedException;

    /** Calls back soon after any change of the node's checks in the catalog, until closed. Never blocks. */
    AutoCloseable watch(String node, Runnable changed);

    /** The catalog could not be reached or refused. */
    final class CatalogUnavailableException extends RuntimeException {
        public CatalogUnavailableException(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
