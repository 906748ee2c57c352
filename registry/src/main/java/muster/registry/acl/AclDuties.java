package muster.registry.acl;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import muster.registry.identity.Grants;
import muster.registry.identity.Policy;
import muster.registry.identity.Token;
import muster.registry.state.Acl;
import muster.registry.state.AclChange;
import muster.registry.state.Command;

/**
 * What the leader sees to in access control, as a decision: that what is builtin is there, and that tokens whose time is over
 * go. Pure but for the ids that it is given.
 */
public final class AclDuties {
    /** Tokens that go at once; the rest follow in the next round. */
    private static final int MAX_EXPIRED = 512;

    private final AccessSettings settings;
    private final Supplier<UUID> ids;

    public AclDuties(AccessSettings settings, Supplier<UUID> ids) {
        this.settings = settings;
        this.ids = ids;
    }

    /** Whether nothing of what is builtin is missing. */
    public boolean isBegun(Acl acl) {
        return !settings.enabled() || acl.policy(Policy.GLOBAL_MANAGEMENT_ID).isPresent()
                && acl.token(Token.ANONYMOUS_ID).isPresent()
                && (settings.initialManagement().isEmpty() || acl.withSecret(settings.initialManagement()).isPresent());
    }

    /** The commands that are due now. */
    public List<Command> due(Acl acl, Instant now) {
        if (!settings.enabled()) {
            return List.of();
        }
        List<Command> due = new ArrayList<>();
        if (!isBegun(acl)) {
            due.add(new Command.ChangeAcl(begin(now)));
        }
        List<String> expired = acl.expired(now, MAX_EXPIRED);
        if (!expired.isEmpty()) {
            due.add(new Command.ChangeAcl(new AclChange.DeleteTokens(expired)));
        }
        return due;
    }

    private AclChange begin(Instant now) {
        List<Token> tokens = new ArrayList<>(List.of(Token.anonymous(now)));
        if (!settings.initialManagement().isEmpty()) {
            tokens.add(Token.of(ids.get().toString(), settings.initialManagement(), "Master Token",
                    Grants.ofPolicy(Policy.GLOBAL_MANAGEMENT_ID), false, "", Optional.empty(), now));
        }
        return new AclChange.Begin(List.of(Policy.globalManagement()), tokens, tokens.size() > 1);
    }
}
