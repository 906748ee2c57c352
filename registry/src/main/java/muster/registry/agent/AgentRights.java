package muster.registry.agent;

import muster.http.Call;
import muster.registry.acl.Access;
import muster.registry.acl.AccessControl;
import muster.registry.acl.Caller;
import muster.registry.acl.DeniedException;
import muster.registry.acl.Need;
import muster.registry.acl.Permission;
import muster.registry.acl.Resource;
import muster.registry.acl.Sieve;
import muster.registry.http.Tokens;
import muster.registry.state.Service;

/**
 * What the agent's endpoints need: each states it here. Beside the tokens of the servers the agent knows one of its own, which
 * opens its endpoints when no server answers. Any thread may call; all methods throw {@link DeniedException}.
 */
final class AgentRights {
    private final AccessControl access;
    private final LocalAgent agent;
    private final String node;

    AgentRights(AccessControl access, LocalAgent agent) {
        this.access = access;
        this.agent = agent;
        this.node = agent.settings().nodeName();
    }

    AccessControl access() {
        return access;
    }

    Caller caller(Call call) {
        return access.isOn() ? access.ofAgent(Tokens.secret(call), node) : Caller.UNRESTRICTED;
    }

    Sieve sieve(Call call) {
        return Sieve.of(caller(call));
    }

    void require(Call call, Need need) {
        caller(call).require(need);
    }

    /** To look at the agent. */
    void requireRead(Call call) {
        require(call, Need.of(Access.READ, Resource.AGENT, node));
    }

    /** To steer it. */
    void requireWrite(Call call) {
        require(call, Need.of(Access.WRITE, Resource.AGENT, node));
    }

    /** To register a service under an id that may be another's already. A proxy is found as its destination too, so that counts. */
    void requireRegister(Call call, Bodies.ServiceBody body) {
        Caller caller = caller(call);
        requireWords(caller, Resource.SERVICE, body.name());
        if (body.kind().equals("connect-proxy")) {
            requireWords(caller, Resource.SERVICE, body.proxy().map(Bodies.ProxyBody::destinationServiceName).orElse(""));
        }
        Service present = agent.state().services().get(body.id().isEmpty() ? body.name() : body.id());
        if (present != null) {
            requireWords(caller, Resource.SERVICE, present.name());
        }
    }

    /** To change what is known of a registered service. */
    void requireService(Call call, String id) {
        Caller caller = caller(call);
        if (caller == Caller.UNRESTRICTED) {
            return;
        }
        Service present = agent.state().services().get(id);
        if (present == null) {
            throw DeniedException.unknown("Unknown service {\"" + id + "\" {}}");
        }
        requireWords(caller, Resource.SERVICE, present.name());
    }

    /** To register a check of a service or, with {@code ""}, of the node, under an id that may be another's already. */
    void requireRegisterCheck(Call call, String id, String serviceId) {
        Caller caller = caller(call);
        if (caller == Caller.UNRESTRICTED) {
            return;
        }
        Service service = agent.state().services().get(serviceId);
        if (service == null) {
            requireWords(caller, Resource.NODE, node);
        } else {
            requireWords(caller, Resource.SERVICE, service.name());
        }
        LocalCheck present = agent.state().checks().get(id);
        if (present != null) {
            requireOwner(caller, present);
        }
    }

    /** To change what is known of a registered check. */
    void requireCheck(Call call, String id) {
        Caller caller = caller(call);
        if (caller == Caller.UNRESTRICTED) {
            return;
        }
        LocalCheck present = agent.state().checks().get(id);
        if (present == null) {
            throw DeniedException.unknown("Unknown check {\"" + id + "\" {}}");
        }
        requireOwner(caller, present);
    }

    private void requireOwner(Caller caller, LocalCheck check) {
        if (check.serviceName().isEmpty()) {
            requireWords(caller, Resource.NODE, node);
        } else {
            requireWords(caller, Resource.SERVICE, check.serviceName());
        }
    }

    /** The agent, unlike the servers, says in its text what is missing. */
    private static void requireWords(Caller caller, Resource resource, String name) {
        Permission permission = Permission.of(Access.WRITE, resource, name);
        if (!caller.may(permission)) {
            throw DeniedException.lacks(caller, permission, "Permission denied: Missing " + resource + ":write on " + name);
        }
    }
}
