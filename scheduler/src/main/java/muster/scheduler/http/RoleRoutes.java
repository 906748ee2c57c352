package muster.scheduler.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import muster.http.Call;
import muster.http.Reply;
import muster.scheduler.acl.Caller;
import muster.scheduler.acl.DeniedException;
import muster.scheduler.acl.Permission;
import muster.scheduler.broker.Writer;
import muster.scheduler.state.AclRole;
import muster.scheduler.state.AclToken;
import muster.scheduler.state.Command;
import muster.scheduler.state.State;
import muster.scheduler.state.Topic;

/** Roles of access control (API page "ACL Roles"). A client token sees those that it has. */
final class RoleRoutes {
    private final Answers answers;
    private final Writer writer;

    RoleRoutes(Answers answers, Writer writer) {
        this.answers = answers;
        this.writer = writer;
    }

    Reply list(Call call) {
        Caller caller = answers.caller(call);
        return answers.read(call, Topic.ROLES, Topic.ROLES, state -> {
            List<AclRole> shown = new ArrayList<>(state.acl().roles().startingWith(call.query("prefix")));
            shown.removeIf(role -> !caller.mayManage() && !has(state, caller, role));
            return shown;
        });
    }

    private static boolean has(State state, Caller caller, AclRole role) {
        AclToken token = state.acl().tokens().get(caller.accessor());
        return token != null && token.roles().stream().anyMatch(link -> link.id().equals(role.id()));
    }

    /** @param rest an id, {@code name/} and a name, or nothing for a new role */
    Reply one(Call call, String rest) {
        if (rest.startsWith("name/")) {
            String name = rest.substring("name/".length());
            Answers.method(call, "GET");
            return read(call, state -> state.acl().roleNamed(name));
        }
        if (rest.isEmpty()) {
            Answers.writing(call);
            return write(call, "");
        }
        return switch (call.method()) {
            case "PUT", "POST" -> write(call, rest);
            case "DELETE" -> delete(call, rest);
            default -> read(call, state -> state.acl().roles().get(rest));
        };
    }

    private Reply read(Call call, java.util.function.Function<State, AclRole> wanted) {
        Caller caller = answers.caller(call);
        return answers.read(call, Topic.ROLES, Topic.ROLES, state -> {
            AclRole role = wanted.apply(state);
            if (!caller.mayManage() && (role == null || !has(state, caller, role))) {
                throw DeniedException.lacks(caller, Permission.MANAGEMENT.toString());
            }
            if (role == null) {
                throw new ApiException(404, "ACL role not found");
            }
            return role;
        });
    }

    private Reply write(Call call, String id) {
        answers.caller(call).require(Permission.MANAGEMENT);
        AclRole given = Answers.body(AclRole.class, call);
        if (!id.isEmpty() && !given.id().equals(id)) {
            throw new ApiException(400, "ACL role ID does not match request path");
        }
        if (!given.id().isEmpty() && !writer.state().acl().roles().contains(given.id())) {
            throw new ApiException(400, "cannot find role " + given.id());
        }
        AclRole role = given.id().isEmpty() ? given.withId(writer.id()) : given;
        List<String> faults = role.faults();
        if (!faults.isEmpty()) {
            throw new ApiException(400, "role 0 invalid: " + Answers.errors(faults));
        }
        Set<String> known = new java.util.HashSet<>();
        writer.state().acl().policies().forEach(policy -> known.add(policy.name()));
        for (AclRole.PolicyLink link : role.policies()) {
            if (!known.contains(link.name())) {
                throw new ApiException(400, "cannot find policy " + link.name());
            }
        }
        long index = writer.write(new Command.UpsertRoles(List.of(role))).index();
        return Answers.written(call, writer.state().acl().roles().get(role.id()), index);
    }

    private Reply delete(Call call, String id) {
        answers.caller(call).require(Permission.MANAGEMENT);
        if (!writer.state().acl().roles().contains(id)) {
            throw new ApiException(404, "ACL role not found");
        }
        return PolicyRoutes.done(writer.write(new Command.DeleteRoles(List.of(id))).index());
    }
}
