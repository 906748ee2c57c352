package muster.registry.agent;

import muster.http.Call;
import muster.http.Reply;
import muster.http.Routes;
import muster.registry.acl.AccessControl;
import muster.registry.acl.AgentTokens;

/** The agent's own tokens. (Consul HTTP API: agent/token) */
final class TokenEndpoints {
    private final AccessControl access;
    private final AgentRights rights;
    private final TokenStore store;

    TokenEndpoints(AccessControl access, AgentRights rights) {
        this.access = access;
        this.rights = rights;
        this.store = new TokenStore(access.settings());
    }

    /** The body. */
    record TokenBody(String token) {
        /** Without the secret, which never reaches a log. */
        @Override
        public String toString() {
            return "TokenBody[hidden]";
        }
    }

    void addTo(Routes routes) {
        routes.put("/v1/agent/token/*kind", AgentReplies.blocking(this::set));
    }

    private synchronized Reply set(Call call) {
        if (!access.isOn()) {
            return Reply.text(401, "ACL support disabled");
        }
        rights.requireWrite(call);
        String given = Bodies.read(TokenBody.class, call.body()).token();
        String secret = given == null ? "" : given;
        AgentTokens old = access.tokens();
        String kind = call.parameter("kind");
        AgentTokens next;
        switch (kind) {
            case "default", "acl_token" -> next = new AgentTokens(secret, old.agent(), old.recovery(), old.replication());
            case "agent", "acl_agent_token" -> next = new AgentTokens(old.user(), secret, old.recovery(), old.replication());
            case "agent_master", "acl_agent_master_token", "agent_recovery", "recovery" ->
                next = new AgentTokens(old.user(), old.agent(), secret, old.replication());
            case "replication", "acl_replication_token" -> next = new AgentTokens(old.user(), old.agent(), old.recovery(), secret);
            default -> {
                return Reply.text(404, "Token \"" + kind + "\" is unknown");
            }
        }
        store.save(next);
        access.use(next);
        return Reply.empty(200);
    }
}
