package muster.registry.http;

import com.google.re2j.Pattern;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import muster.http.Call;
import muster.http.Reply;
import muster.registry.identity.Grants;
import muster.registry.identity.Role;
import muster.registry.query.AclRead;
import muster.registry.state.Acl;
import muster.registry.state.AclChange;
import muster.wire.GoQuote;
import muster.wire.Key;

/** Roles. (Consul HTTP API: ACL roles) */
final class RoleHandlers {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9\\-_]{1,256}");
    private static final String LOOKUP = "failed acl role lookup";

    private final AclApi acl;

    RoleHandlers(AclApi acl) {
        this.acl = acl;
    }

    /** The body of a role, as it is written and as it was read. */
    record Body(
            @Key("ID") String id,
            String name,
            String description,
            List<GrantsBody.Link> policies,
            List<Grants.ServiceIdentity> serviceIdentities,
            List<Grants.NodeIdentity> nodeIdentities,
            String hash,
            long createIndex,
            long modifyIndex) {
        Body {
            id = id == null ? "" : id;
            name = name == null ? "" : name;
            description = description == null ? "" : description;
        }
    }

    CompletionStage<Reply> list(Call call) {
        String policy = call.query("policy");
        return acl.json(call, AclRead.Table.ROLES, (sieve, rows) -> rows.roles().all().stream()
                .filter(role -> policy.isEmpty() || role.grants().policies().contains(policy))
                .map(role -> AclRows.role(role, rows)).toList());
    }

    CompletionStage<Reply> read(Call call) {
        String id = AclApi.required(call, "id", "Missing role ID");
        AclApi.requireLength(id, LOOKUP);
        return acl.read(call, AclApi.READ, AclRead.Table.ROLES, (sieve, rows) -> one(call, rows.role(id), rows));
    }

    CompletionStage<Reply> readByName(Call call) {
        String name = AclApi.required(call, "name", "Missing role Name");
        return acl.read(call, AclApi.READ, AclRead.Table.ROLES, (sieve, rows) -> one(call, rows.roleNamed(name), rows));
    }

    private Reply.Full one(Call call, Optional<Role> role, Acl rows) {
        return role.map(found -> acl.api.bodies.json(call, 200, AclRows.role(found, rows))).orElseGet(() -> Reply.empty(404));
    }

    CompletionStage<Reply> create(Call call) {
        return put(call, "");
    }

    CompletionStage<Reply> update(Call call) {
        return put(call, call.parameter("id"));
    }

    private CompletionStage<Reply> put(Call call, String id) {
        Body body = AclApi.body(call, Body.class, "Role decoding failed");
        if (!body.id().isEmpty() && !body.id().equals(id)) {
            throw AclApi.badRequest("Role ID in URL and payload do not match");
        }
        acl.api.require(call, AclApi.WRITE);
        Acl rows = acl.acl();
        requireName(id, body.name(), rows);
        Grants grants = new GrantsBody("role", rows).read(
                body.policies(), List.of(), body.serviceIdentities(), body.nodeIdentities(), false);
        Role role = Role.of(id.isEmpty() ? acl.newId() : id, body.name(), body.description(), grants);
        return acl.change(call, AclApi.WRITE, new AclChange.PutRole(role)).thenApply(done -> {
            Acl now = acl.acl();
            return acl.api.bodies.json(call, 200, AclRows.role(now.role(role.id()).orElse(role), now));
        });
    }

    private static void requireName(String id, String name, Acl rows) {
        if (name.isEmpty()) {
            throw ApiException.refused("Invalid Role: no Name is set");
        }
        if (!NAME.matcher(name).matches()) {
            throw ApiException.refused("Invalid Role: invalid Name. Only alphanumeric characters, '-' and '_' are allowed");
        }
        Optional<Role> named = rows.roleNamed(name);
        if (id.isEmpty()) {
            if (named.isPresent()) {
                throw ApiException.refused("Invalid Role: A Role with Name " + GoQuote.quote(name) + " already exists");
            }
            return;
        }
        if (!AclApi.isUuid(id)) {
            throw ApiException.refused("Role ID invalid UUID");
        }
        if (rows.role(id).isEmpty()) {
            throw ApiException.refused("cannot find role " + id);
        }
        if (named.filter(other -> !other.id().equals(id)).isPresent()) {
            throw ApiException.refused("Invalid Role: A role with name " + GoQuote.quote(name) + " already exists");
        }
    }

    CompletionStage<Reply> delete(Call call) {
        String id = AclApi.required(call, "id", "Missing role ID");
        acl.api.require(call, AclApi.WRITE);
        AclApi.requireLength(id, LOOKUP);
        return acl.change(call, AclApi.WRITE, new AclChange.DeleteRole(id))
                .thenApply(done -> acl.api.bodies.json(call, 200, true));
    }
}
