package muster.scheduler.http;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import muster.http.Call;
import muster.http.Reply;
import muster.scheduler.acl.Permission;
import muster.scheduler.broker.Writer;
import muster.scheduler.state.AclBindingRule;
import muster.scheduler.state.Command;
import muster.scheduler.state.Topic;

/** Binding rules: what logging in gives (API page "ACL Binding Rules"). */
final class BindingRuleRoutes {
    private final Answers answers;
    private final Writer writer;

    BindingRuleRoutes(Answers answers, Writer writer) {
        this.answers = answers;
        this.writer = writer;
    }

    Reply list(Call call) {
        answers.caller(call).require(Permission.MANAGEMENT);
        return answers.read(call, Topic.BINDING_RULES, Topic.BINDING_RULES,
                state -> Answers.map(state.acl().bindingRules(), BindingRuleRoutes::stub));
    }

    private static Map<String, Object> stub(AclBindingRule rule) {
        Map<String, Object> stub = new TreeMap<>();
        stub.put("AuthMethod", rule.authMethod());
        stub.put("CreateIndex", rule.createIndex());
        stub.put("Description", rule.description());
        stub.put("Hash", rule.hash());
        stub.put("ID", rule.id());
        stub.put("ModifyIndex", rule.modifyIndex());
        return stub;
    }

    /** @param id "" for a new rule */
    Reply one(Call call, String id, boolean named) {
        if (!named) {
            Answers.writing(call);
            return write(call, "");
        }
        if (id.isEmpty()) {
            throw new ApiException(400, "missing ACL binding rule ID");
        }
        return switch (call.method()) {
            case "PUT", "POST" -> write(call, id);
            case "DELETE" -> delete(call, id);
            default -> read(call, id);
        };
    }

    private Reply read(Call call, String id) {
        answers.caller(call).require(Permission.MANAGEMENT);
        return answers.read(call, Topic.BINDING_RULES, Topic.BINDING_RULES,
                state -> ObjectQueries.found(state.acl().bindingRules().get(id), "ACL binding rule not found"));
    }

    private Reply write(Call call, String id) {
        answers.caller(call).require(Permission.MANAGEMENT);
        AclBindingRule given = Answers.body(AclBindingRule.class, call);
        if (!id.isEmpty() && !given.id().equals(id)) {
            throw new ApiException(400, "ACL binding rule ID does not match request path");
        }
        AclBindingRule old = given.id().isEmpty() ? null : writer.state().acl().bindingRules().get(given.id());
        if (!given.id().isEmpty() && old == null) {
            throw new ApiException(400, "cannot find binding rule " + given.id());
        }
        AclBindingRule rule = given.over(old, writer.id(), writer.now());
        if (old != null && !rule.authMethod().equals(old.authMethod())) {
            throw new ApiException(400, "cannot update auth method for binding rule, create a new rule instead");
        }
        List<String> faults = rule.faults();
        if (!faults.isEmpty()) {
            throw new ApiException(400, "binding rule 0 invalid: " + Answers.errors(faults));
        }
        if (!writer.state().acl().authMethods().contains(rule.authMethod())) {
            throw new ApiException(400, "ACL auth method " + rule.authMethod() + " not found");
        }
        long index = writer.write(new Command.UpsertBindingRules(List.of(rule))).index();
        return Answers.written(call, writer.state().acl().bindingRules().get(rule.id()), index);
    }

    private Reply delete(Call call, String id) {
        answers.caller(call).require(Permission.MANAGEMENT);
        return PolicyRoutes.done(writer.write(new Command.DeleteBindingRules(List.of(id))).index());
    }
}
