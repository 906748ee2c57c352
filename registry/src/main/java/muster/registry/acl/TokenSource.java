package muster.registry.acl;

import java.util.concurrent.CompletionStage;

/** Where an agent finds what a token may do: its own state on a server, the servers elsewhere. Any thread may call. */
public interface TokenSource {
    /** Whose secret this is, from memory. Throws {@link DeniedException} for one that no token has, or of a token that ended. */
    Caller caller(String secret);

    /** Completes, never with a failure, once {@link #caller} can answer as well as it ever will. */
    CompletionStage<Void> prepare(String secret);
}
