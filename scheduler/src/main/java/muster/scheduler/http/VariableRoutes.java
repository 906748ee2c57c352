package muster.scheduler.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import muster.http.Call;
import muster.http.Handlers;
import muster.http.Reply;
import muster.http.Routes;
import muster.raft.Applied;
import muster.scheduler.acl.Caller;
import muster.scheduler.acl.Permission;
import muster.scheduler.acl.VariableCapability;
import muster.scheduler.broker.Writer;
import muster.scheduler.state.Command;
import muster.scheduler.state.RefusedException;
import muster.scheduler.state.Store;
import muster.scheduler.state.Topic;
import muster.scheduler.state.Variable;
import muster.scheduler.state.VariableLock;
import muster.wire.GoQuote;

/** Variables (API page of this name). */
final class VariableRoutes {
    private static final String MANY = "/v1/vars";
    private static final String ONE = "/v1/var/*path";

    record VariableBody(Map<String, String> items, VariableLock lock, String namespace) {}

    private final Answers answers;
    private final Writer writer;

    VariableRoutes(Answers answers, Writer writer) {
        this.answers = answers;
        this.writer = writer;
    }

    void add(Routes routes) {
        routes.get(MANY, Handlers.blocking(this::list));
        for (String method : List.of("GET", "PUT", "POST", "DELETE")) {
            routes.add(method, ONE, Handlers.blocking(this::one));
        }
    }

    private Reply list(Call call) {
        Caller caller = answers.caller(call);
        String wanted = Answers.namespace(call);
        return answers.read(call, Topic.VARIABLES, Topic.VARIABLES, state -> {
            List<Variable> found = new ArrayList<>();
            for (Variable variable : state.variables().values()) {
                if ((wanted.equals("*") || wanted.equals(variable.namespace())) && variable.path().startsWith(call.query("prefix"))
                        && caller.may(new Permission.OnVariable(variable.namespace(), variable.path(), VariableCapability.LIST))) {
                    found.add(variable);
                }
            }
            return Listing.byName(call, found, variable -> variable.namespace() + "/" + variable.path(), Listing.VARIABLE, VariableRoutes::metadata);
        });
    }

    private static Map<String, Object> metadata(Variable variable) {
        Map<String, Object> stub = new TreeMap<>();
        stub.put("CreateIndex", variable.createIndex());
        stub.put("CreateTime", variable.createTime());
        if (variable.lock() != null) {
            stub.put("Lock", variable.shown().lock());
        }
        stub.put("ModifyIndex", variable.modifyIndex());
        stub.put("ModifyTime", variable.modifyTime());
        stub.put("Namespace", variable.namespace());
        stub.put("Path", variable.path());
        return stub;
    }

    private Reply one(Call call) {
        String path = call.parameter("path");
        if (path.isEmpty()) {
            throw new ApiException(400, "missing variable path");
        }
        return switch (call.method()) {
            case "PUT", "POST" -> write(call, path);
            case "DELETE" -> delete(call, path);
            default -> read(call, path);
        };
    }

    private String allowed(Call call, String namespace, String path, VariableCapability capability) {
        answers.caller(call).require(new Permission.OnVariable(namespace, path, capability));
        return namespace;
    }

    private Reply read(Call call, String path) {
        String namespace = allowed(call, Answers.namespace(call), path, VariableCapability.READ);
        return answers.read(call, Topic.variable(namespace, path), Topic.VARIABLES, state -> {
            Variable variable = state.variable(namespace, path);
            if (variable == null) {
                throw new ApiException(404, "variable not found");
            }
            return variable.shown();
        });
    }

    private Reply write(Call call, String path) {
        VariableBody body = Answers.body(VariableBody.class, call);
        Operation operation = Operation.of(call);
        if (operation != Operation.WRITE) {
            return lock(call, path, body, operation);
        }
        if (body.items() == null || body.items().isEmpty()) {
            throw new ApiException(400, "variable missing required Items object");
        }
        String namespace = writable(call, path, body);
        long now = writer.nowNanos();
        Variable variable = new Variable(0, now, body.items(), body.lock(), 0, now, namespace, path);
        variable.fault().ifPresent(fault -> {
            throw new RefusedException(fault);
        });
        Applied<Store.Result> applied = writer.write(new Command.WriteVariable(variable, expected(call)));
        if (applied.result().value() == 0) {
            return conflict(call, namespace, path);
        }
        return Answers.written(call, writer.state().variable(namespace, path).shown(), applied.index());
    }

    /** The namespace of what may be written. */
    private String writable(Call call, String path, VariableBody body) {
        String namespace = body.namespace() == null || body.namespace().isEmpty() ? Answers.namespace(call) : body.namespace();
        if (namespace.equals("*")) {
            throw new ApiException(500, "can not target wildcard (\"*\")namespace");
        }
        allowed(call, namespace, path, VariableCapability.WRITE);
        if (!writer.state().namespaces().contains(namespace)) {
            throw new ApiException(500, "variable \"" + path + "\" is in nonexistent namespace \"" + namespace + "\"");
        }
        return namespace;
    }

    /** What a write is to do. */
    private enum Operation {
        WRITE, ACQUIRE, RENEW, RELEASE;

        static Operation of(Call call) {
            List<Operation> asked = Stream.of(ACQUIRE, RENEW, RELEASE)
                    .filter(each -> call.has("lock-" + each.name().toLowerCase(Locale.ROOT))).toList();
            if (asked.size() > 1 || !asked.isEmpty() && !call.query("cas").isEmpty()) {
                throw new ApiException(400, "a request is for one operation: lock-acquire, lock-renew, lock-release or cas");
            }
            return asked.isEmpty() ? WRITE : asked.getFirst();
        }
    }

    private Reply lock(Call call, String path, VariableBody body, Operation operation) {
        String namespace = writable(call, path, body);
        if (operation == Operation.ACQUIRE) {
            return acquire(call, namespace, path, body);
        }
        String id = body.lock() == null || body.lock().id() == null ? "" : body.lock().id();
        if (id.isEmpty()) {
            throw new ApiException(400, "variable lock is missing its ID: the answer to lock-acquire has it");
        }
        Applied<Store.Result> applied = writer.write(operation == Operation.RENEW ? new Command.RenewLock(namespace, path, id)
                : new Command.ReleaseLock(namespace, path, id, writer.nowNanos()));
        if (applied.result().value() == 0) {
            return conflict(call, namespace, path);
        }
        return Answers.written(call, writer.state().variable(namespace, path), applied.index());
    }

    private Reply acquire(Call call, String namespace, String path, VariableBody body) {
        VariableLock asked = body.lock() == null ? new VariableLock("", null, null) : body.lock();
        VariableLock lock = asked.completed(writer.id());
        long now = writer.nowNanos();
        Variable variable = new Variable(0, now, body.items(), lock, 0, now, namespace, path);
        lock.fault().or(variable::fault).ifPresent(fault -> {
            throw new ApiException(400, fault);
        });
        Applied<Store.Result> applied = writer.write(new Command.AcquireLock(variable));
        if (applied.result().value() == 0) {
            return conflict(call, namespace, path);
        }
        return Answers.written(call, writer.state().variable(namespace, path), applied.index());
    }

    private Reply delete(Call call, String path) {
        String namespace = allowed(call, Answers.namespace(call), path, VariableCapability.DESTROY);
        Applied<Store.Result> applied = writer.write(new Command.DeleteVariable(namespace, path, expected(call)));
        if (applied.result().value() == 0) {
            return conflict(call, namespace, path);
        }
        return Reply.empty(204).with("X-Nomad-Index", Long.toString(applied.index()));
    }

    /** The variable as it is instead; an empty one where there is none. */
    private Reply conflict(Call call, String namespace, String path) {
        Variable current = writer.state().variable(namespace, path);
        Variable shown = current == null ? new Variable(0, 0, Map.of(), 0, 0, namespace, path) : current;
        return Reply.of(409, "application/json", Answers.json(call, shown.shown()).body()).with("X-Nomad-Index", Long.toString(shown.modifyIndex()));
    }

    /** The check-and-set index; null where none is given. */
    private static Long expected(Call call) {
        String text = call.query("cas");
        if (text.isEmpty()) {
            return null;
        }
        try {
            return Long.parseUnsignedLong(text);
        } catch (NumberFormatException e) {
            throw new ApiException(400, "can not parse cas: strconv.ParseUint: parsing " + GoQuote.quote(text) + ": invalid syntax");
        }
    }
}
