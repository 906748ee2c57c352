package muster.registry.acl;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import muster.registry.identity.Token;

/**
 * What a token says, without its secret and before a default policy is laid under it: what a server tells an agent that asks.
 *
 * @param accessor its public id
 * @param legacy what a token of the system before policies holds
 * @param rules the texts of all that is linked to it and holds in this datacenter
 * @param expires when it ends by itself
 */
public record TokenRights(String accessor, Optional<Token.Legacy> legacy, List<String> rules, Optional<Instant> expires) {
    /** What a server answers that looks at no rights: everything. */
    public static final TokenRights ALL =
            new TokenRights("", Optional.of(new Token.Legacy(Token.Legacy.MANAGEMENT, "")), List.of(), Optional.empty());

    public TokenRights {
        rules = List.copyOf(rules);
    }

    boolean isOver(Instant now) {
        return expires.filter(end -> !now.isBefore(end)).isPresent();
    }
}
