package muster.scheduler.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import muster.http.Call;
import muster.http.Reply;
import muster.scheduler.acl.Caller;
import muster.scheduler.acl.DeniedException;
import muster.scheduler.acl.Permission;
import muster.scheduler.acl.RuleParser;
import muster.scheduler.acl.RulesException;
import muster.scheduler.broker.Writer;
import muster.scheduler.state.Acl;
import muster.scheduler.state.AclPolicy;
import muster.scheduler.state.AclRole;
import muster.scheduler.state.AclToken;
import muster.scheduler.state.Command;
import muster.scheduler.state.Topic;

/** Policies of access control (API page "ACL Policies"). A client token sees those that it has. */
final class PolicyRoutes {
    private final Answers answers;
    private final Writer writer;

    PolicyRoutes(Answers answers, Writer writer) {
        this.answers = answers;
        this.writer = writer;
    }

    Reply list(Call call) {
        Caller caller = answers.caller(call);
        return answers.read(call, Topic.POLICIES, Topic.POLICIES, state -> {
            Set<String> own = own(state.acl(), caller);
            List<Object> stubs = new ArrayList<>();
            for (AclPolicy policy : state.acl().policies().startingWith(call.query("prefix"))) {
                if (caller.mayManage() || own.contains(policy.name())) {
                    stubs.add(stub(policy));
                }
            }
            return stubs;
        });
    }

    private static Map<String, Object> stub(AclPolicy policy) {
        Map<String, Object> stub = new TreeMap<>();
        stub.put("CreateIndex", policy.createIndex());
        stub.put("Description", policy.description());
        stub.put("Hash", policy.hash());
        stub.put("ModifyIndex", policy.modifyIndex());
        stub.put("Name", policy.name());
        return stub;
    }

    /** The names of the policies that a caller's token has, by itself and by its roles. */
    static Set<String> own(Acl acl, Caller caller) {
        Set<String> names = new TreeSet<>();
        AclToken token = acl.tokens().get(caller.accessor());
        if (caller.isAnonymous()) {
            names.add(AclToken.ANONYMOUS);
        } else if (token != null) {
            names.addAll(token.policies());
            for (AclToken.RoleLink link : token.roles()) {
                AclRole role = acl.roles().get(link.id());
                if (role != null) {
                    role.policies().forEach(policy -> names.add(policy.name()));
                }
            }
        }
        return names;
    }

    Reply one(Call call, String name) {
        if (name.isEmpty()) {
            throw new ApiException(400, "Missing Policy Name");
        }
        return switch (call.method()) {
            case "PUT", "POST" -> write(call, name);
            case "DELETE" -> delete(call, name);
            default -> read(call, name);
        };
    }

    private Reply read(Call call, String name) {
        Caller caller = answers.caller(call);
        return answers.read(call, Topic.POLICIES, Topic.POLICIES, state -> {
            if (!caller.mayManage() && !own(state.acl(), caller).contains(name)) {
                throw DeniedException.lacks(caller, Permission.MANAGEMENT.toString());
            }
            AclPolicy policy = state.acl().policies().get(name);
            if (policy == null) {
                throw new ApiException(404, "ACL policy not found");
            }
            return policy;
        });
    }

    private Reply write(Call call, String name) {
        answers.caller(call).require(Permission.MANAGEMENT);
        AclPolicy policy = Answers.body(AclPolicy.class, call);
        if (!policy.name().equals(name)) {
            throw new ApiException(400, "ACL policy name does not match request path");
        }
        List<String> faults = new ArrayList<>(policy.faults());
        try {
            RuleParser.parse(policy.rules());
        } catch (RulesException e) {
            faults.add("failed to parse rules: " + e.getMessage());
        }
        if (!faults.isEmpty()) {
            throw new ApiException(500, "policy 0 invalid: " + Answers.errors(faults));
        }
        return done(writer.write(new Command.UpsertPolicies(List.of(policy))).index());
    }

    private Reply delete(Call call, String name) {
        answers.caller(call).require(Permission.MANAGEMENT);
        return done(writer.write(new Command.DeletePolicies(List.of(name))).index());
    }

    static Reply done(long index) {
        return Reply.empty(200).with("X-Nomad-Index", Long.toString(index));
    }
}
