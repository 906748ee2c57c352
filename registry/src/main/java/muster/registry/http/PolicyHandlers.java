package muster.registry.http;

import com.google.re2j.Pattern;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import muster.http.Call;
import muster.http.Reply;
import muster.registry.acl.RuleParser;
import muster.registry.acl.RulesException;
import muster.registry.identity.Policy;
import muster.registry.query.AclRead;
import muster.registry.state.Acl;
import muster.registry.state.AclChange;
import muster.wire.GoQuote;
import muster.wire.Key;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Policies. (Consul HTTP API: ACL policies) */
final class PolicyHandlers {
    private static final Logger LOG = LoggerFactory.getLogger(PolicyHandlers.class);
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9\\-_]{1,128}");
    private static final String LOOKUP = "failed acl policy lookup";

    private final AclApi acl;

    PolicyHandlers(AclApi acl) {
        this.acl = acl;
    }

    /** The body of a policy, as it is written and as it was read. */
    record Body(
            @Key("ID") String id,
            String name,
            String description,
            String rules,
            List<String> datacenters,
            String hash,
            long createIndex,
            long modifyIndex) {
        Body {
            id = id == null ? "" : id;
            name = name == null ? "" : name;
            description = description == null ? "" : description;
            rules = rules == null ? "" : rules;
            datacenters = datacenters == null ? List.of() : datacenters;
        }
    }

    CompletionStage<Reply> list(Call call) {
        return acl.json(call, AclRead.Table.POLICIES,
                (sieve, rows) -> rows.policies().all().stream().map(AclRows::policyStub).toList());
    }

    CompletionStage<Reply> read(Call call) {
        String id = AclApi.required(call, "id", "Missing policy ID");
        AclApi.requireLength(id, LOOKUP);
        return acl.read(call, AclApi.READ, AclRead.Table.POLICIES, (sieve, rows) -> one(call, rows.policy(id)));
    }

    CompletionStage<Reply> readByName(Call call) {
        String name = AclApi.required(call, "name", "Missing policy Name");
        return acl.read(call, AclApi.READ, AclRead.Table.POLICIES, (sieve, rows) -> one(call, rows.policyNamed(name)));
    }

    private Reply.Full one(Call call, Optional<Policy> policy) {
        return acl.api.bodies.json(call, 200,
                AclRows.policy(policy.orElseThrow(() -> new ApiException(403, "ACL not found"))));
    }

    CompletionStage<Reply> create(Call call) {
        Body body = AclApi.body(call, Body.class, "Policy decoding failed");
        if (!body.id().isEmpty()) {
            throw AclApi.badRequest("Cannot specify the ID when creating a new policy");
        }
        return put(call, "", body);
    }

    CompletionStage<Reply> update(Call call) {
        String id = call.parameter("id");
        Body body = AclApi.body(call, Body.class, "Policy decoding failed");
        if (!body.id().isEmpty() && !body.id().equals(id)) {
            throw AclApi.badRequest("Policy ID in URL and payload do not match");
        }
        return put(call, id, body);
    }

    private CompletionStage<Reply> put(Call call, String id, Body body) {
        acl.api.require(call, AclApi.WRITE);
        requireName(body.name());
        Acl rows = acl.acl();
        Optional<Policy> named = rows.policyNamed(body.name());
        if (id.isEmpty()) {
            if (named.isPresent()) {
                throw ApiException.refused("Invalid Policy: A Policy with Name " + GoQuote.quote(body.name()) + " already exists");
            }
        } else {
            requireChangeable(id, body, rows, named);
        }
        requireRules(body);
        Policy policy = Policy.of(id.isEmpty() ? acl.newId() : id, body.name(), body.description(), body.rules(), body.datacenters());
        return acl.change(call, AclApi.WRITE, new AclChange.PutPolicy(policy)).thenApply(done ->
                acl.api.bodies.json(call, 200, AclRows.policy(acl.acl().policy(policy.id()).orElse(policy))));
    }

    private static void requireName(String name) {
        if (name.isEmpty()) {
            throw ApiException.refused("Invalid Policy: no Name is set");
        }
        if (!NAME.matcher(name).matches()) {
            throw ApiException.refused("Invalid Policy: invalid Name. Only alphanumeric characters, '-' and '_' are allowed");
        }
    }

    private static void requireChangeable(String id, Body body, Acl rows, Optional<Policy> named) {
        if (!AclApi.isUuid(id)) {
            throw ApiException.refused("Policy ID invalid UUID");
        }
        Policy present = rows.policy(id).orElseThrow(() -> ApiException.refused("cannot find policy " + id));
        if (!present.name().equals(body.name()) && named.filter(other -> !other.id().equals(id)).isPresent()) {
            throw ApiException.refused("Invalid Policy: A policy with name " + GoQuote.quote(body.name()) + " already exists");
        }
        if (id.equals(Policy.GLOBAL_MANAGEMENT_ID)) {
            if (!body.datacenters().isEmpty()) {
                throw ApiException.refused("Changing the Datacenters of the builtin global-management policy is not permitted");
            }
            if (!body.rules().equals(present.rules())) {
                throw ApiException.refused("Changing the Rules for the builtin global-management policy is not permitted");
            }
        }
    }

    /** Rules for what is unknown are taken, as the original does; the log tells who may have meant something else. */
    private static void requireRules(Body body) {
        try {
            List<String> unknown = RuleParser.parse(body.rules()).unknown();
            if (!unknown.isEmpty()) {
                LOG.warn("rules without meaning policy={} names={}", body.name(), unknown);
            }
        } catch (RulesException e) {
            throw ApiException.refused(e.getMessage());
        }
    }

    CompletionStage<Reply> delete(Call call) {
        String id = AclApi.required(call, "id", "Missing policy ID");
        acl.api.require(call, AclApi.WRITE);
        AclApi.requireLength(id, LOOKUP);
        if (id.equals(Policy.GLOBAL_MANAGEMENT_ID)) {
            throw ApiException.refused("Delete operation not permitted on the builtin global-management policy");
        }
        return acl.change(call, AclApi.WRITE, new AclChange.DeletePolicy(id))
                .thenApply(done -> acl.api.bodies.json(call, 200, true));
    }
}
