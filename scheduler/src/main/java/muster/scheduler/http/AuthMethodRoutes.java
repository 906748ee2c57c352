package muster.scheduler.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import muster.http.Call;
import muster.http.Reply;
import muster.scheduler.acl.AccessSettings;
import muster.scheduler.acl.Permission;
import muster.scheduler.acl.Proofs;
import muster.scheduler.broker.Writer;
import muster.scheduler.state.AclAuthMethod;
import muster.scheduler.state.Command;
import muster.scheduler.state.Topic;
import muster.wire.login.LoginException;

/** Auth methods (API page "ACL Auth Methods"). Their list is everybody's, as who logs in has no token yet. */
final class AuthMethodRoutes {
    private final Answers answers;
    private final Writer writer;

    AuthMethodRoutes(Answers answers, Writer writer) {
        this.answers = answers;
        this.writer = writer;
    }

    Reply list(Call call) {
        return answers.read(call, Topic.AUTH_METHODS, Topic.AUTH_METHODS, state -> Answers.map(state.acl().authMethods(), AuthMethodRoutes::stub));
    }

    private static Map<String, Object> stub(AclAuthMethod method) {
        Map<String, Object> stub = new TreeMap<>();
        stub.put("CreateIndex", method.createIndex());
        stub.put("Default", method.isDefault());
        stub.put("Hash", method.hash());
        stub.put("ModifyIndex", method.modifyIndex());
        stub.put("Name", method.name());
        stub.put("Type", method.type());
        return stub;
    }

    /** @param name "" for one that the body names */
    Reply one(Call call, String name, boolean named) {
        if (!named) {
            Answers.writing(call);
            return write(call, "");
        }
        if (name.isEmpty()) {
            throw new ApiException(400, "missing ACL auth-method name");
        }
        return switch (call.method()) {
            case "PUT", "POST" -> write(call, name);
            case "DELETE" -> delete(call, name);
            default -> read(call, name);
        };
    }

    private Reply read(Call call, String name) {
        answers.caller(call).require(Permission.MANAGEMENT);
        return answers.read(call, Topic.AUTH_METHODS, Topic.AUTH_METHODS,
                state -> ObjectQueries.found(state.acl().authMethods().get(name), "ACL auth-method not found"));
    }

    private Reply write(Call call, String name) {
        answers.caller(call).require(Permission.MANAGEMENT);
        AclAuthMethod given = Answers.body(AclAuthMethod.class, call);
        if (!name.isEmpty() && !given.name().equals(name)) {
            throw new ApiException(400, "ACL auth-method name does not match request path");
        }
        AclAuthMethod method = given.over(writer.state().acl().authMethods().get(given.name()), writer.now());
        List<String> faults = faults(method);
        if (!faults.isEmpty()) {
            throw new ApiException(400, "auth method 0 invalid: " + Answers.errors(faults));
        }
        AclAuthMethod usual = writer.state().acl().defaultMethod();
        if (method.isDefault() && usual != null && !usual.name().equals(method.name())) {
            throw new ApiException(400, "default method already exists: " + usual.name());
        }
        long index = writer.write(new Command.UpsertAuthMethods(List.of(method))).index();
        return Answers.written(call, writer.state().acl().authMethods().get(method.name()), index);
    }

    private List<String> faults(AclAuthMethod method) {
        AccessSettings settings = answers.access().settings();
        List<String> faults = new ArrayList<>(method.faults(settings.leastExpiration(), settings.longestExpiration()));
        if (method.type().equals(AclAuthMethod.OIDC)) {
            faults.add(LoginRoute.NO_OIDC);
            return faults;
        }
        try {
            Proofs.of(method.config());
        } catch (LoginException e) {
            faults.add("invalid config: " + e.getMessage());
        }
        return faults;
    }

    private Reply delete(Call call, String name) {
        answers.caller(call).require(Permission.MANAGEMENT);
        return PolicyRoutes.done(writer.write(new Command.DeleteAuthMethods(List.of(name))).index());
    }
}
