package muster.scheduler.http;

import java.util.ArrayList;
import java.util.List;
import muster.http.Call;
import muster.http.Handlers;
import muster.http.Reply;
import muster.http.Routes;
import muster.scheduler.acl.Caller;
import muster.scheduler.acl.Permission;
import muster.scheduler.broker.Writer;
import muster.scheduler.job.Job;
import muster.scheduler.state.Command;
import muster.scheduler.state.Namespace;
import muster.scheduler.state.State;
import muster.scheduler.state.Topic;

/** Namespaces (API page of this name). */
final class NamespaceRoutes {
    private final Answers answers;
    private final Writer writer;
    private final String region;

    NamespaceRoutes(Answers answers, Writer writer, String region) {
        this.answers = answers;
        this.writer = writer;
        this.region = region;
    }

    void add(Routes routes) {
        routes.get("/v1/namespaces", Handlers.blocking(this::list));
        for (String method : List.of("PUT", "POST")) {
            routes.add(method, "/v1/namespace", Handlers.blocking(call -> write(call, "")));
        }
        for (String method : List.of("GET", "PUT", "POST", "DELETE")) {
            routes.add(method, "/v1/namespace/:name", Handlers.blocking(this::one));
        }
    }

    private Reply list(Call call) {
        Caller caller = answers.caller(call);
        return answers.read(call, Topic.NAMESPACES, Topic.NAMESPACES, state -> {
            List<Namespace> shown = new ArrayList<>(state.namespaces().startingWith(call.query("prefix")));
            shown.removeIf(namespace -> !caller.may(new Permission.Enter(namespace.name())));
            return shown;
        });
    }

    private Reply one(Call call) {
        String name = call.parameter("name");
        if (name.isEmpty()) {
            throw new ApiException(400, "Missing Namespace Name");
        }
        return switch (call.method()) {
            case "PUT", "POST" -> write(call, name);
            case "DELETE" -> delete(call, name);
            default -> read(call, name);
        };
    }

    private Reply read(Call call, String name) {
        answers.caller(call).require(new Permission.Enter(name));
        return answers.read(call, Topic.NAMESPACES, Topic.NAMESPACES, state -> {
            Namespace found = state.namespaces().get(name);
            if (found == null) {
                throw new ApiException(404, "Namespace not found");
            }
            return found;
        });
    }

    private Reply write(Call call, String name) {
        answers.caller(call).require(Permission.MANAGEMENT);
        Namespace namespace = Answers.body(Namespace.class, call);
        if (!name.isEmpty() && !namespace.name().equals(name)) {
            throw new ApiException(400, "Namespace name does not match request path");
        }
        List<String> faults = namespace.faults();
        if (!faults.isEmpty()) {
            throw new ApiException(500, "Invalid namespace \"" + namespace.name() + "\": " + Answers.errors(faults));
        }
        return done(writer.write(new Command.UpsertNamespaces(List.of(namespace))).index());
    }

    private Reply delete(Call call, String name) {
        answers.caller(call).require(Permission.MANAGEMENT);
        if (name.equals(Namespace.DEFAULT_NAME)) {
            throw new ApiException(500, "can not delete default namespace");
        }
        for (Job job : writer.state().jobs().startingWith(State.key(name, ""))) {
            if (!"dead".equals(job.status())) {
                throw new ApiException(500, Answers.errors(List.of("namespace \"" + name + "\" has non-terminal jobs in regions: [" + region + "]")));
            }
        }
        return done(writer.write(new Command.DeleteNamespaces(List.of(name))).index());
    }

    private static Reply done(long index) {
        return Reply.empty(200).with("X-Nomad-Index", Long.toString(index));
    }
}
