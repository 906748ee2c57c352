package muster.registry.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import muster.http.Call;
import muster.http.Reply;
import muster.registry.acl.CatalogRights;
import muster.registry.acl.DeniedException;
import muster.registry.acl.Need;
import muster.registry.state.Command;
import muster.registry.state.KeyOperation;
import muster.registry.state.Node;
import muster.registry.state.Operation;
import muster.registry.state.Result;
import muster.wire.Json;
import muster.wire.JsonException;
import muster.wire.Key;

/** Transactions. (Consul HTTP API: txn) */
final class TxnHandlers {
    private static final int MAX_OPERATIONS = 64;

    private final Api api;

    TxnHandlers(Api api) {
        this.api = api;
    }

    /** One operation in the body: one of the four is there. */
    record Step(@Key("KV") KeyStep kv, NodeStep node, ServiceStep service, CheckStep check) {}

    record KeyStep(
            String verb, String key, byte[] value, long flags, long index, String session, String namespace) {}

    record NodeStep(String verb, NodeBody node) {}

    record NodeBody(
            @Key("ID") String id,
            String node,
            String address,
            String datacenter,
            Map<String, String> taggedAddresses,
            Map<String, String> meta,
            long createIndex,
            long modifyIndex) {}

    record ServiceStep(String verb, String node, RegisterBody.ServiceBody service) {}

    record CheckStep(String verb, RegisterBody.CheckBody check) {}

    /** The list in a record, which is what the decoder reads. */
    record Steps(List<Step> steps) {}

    CompletionStage<Reply> run(Call call) {
        ReadOptions options = ReadOptions.of(call);
        List<Step> steps = steps(call.body());
        api.requireDatacenter(call);
        if (steps.size() > MAX_OPERATIONS) {
            throw new ApiException(413,
                    "Transaction contains too many operations (" + steps.size() + " > " + MAX_OPERATIONS + ")");
        }
        CatalogRights rights = new CatalogRights(api.require(call, Need.TOKEN), api.registry().snapshot().catalog());
        List<Operation> operations = new ArrayList<>();
        List<Result.Failure> failures = new ArrayList<>();
        for (int i = 0; i < steps.size(); i++) {
            try {
                Operation operation = operation(steps.get(i));
                rights.require(operation);
                operations.add(operation);
            } catch (ApiException | DeniedException refused) {
                failures.add(new Result.Failure(i, refused.getMessage()));
            }
        }
        if (!failures.isEmpty()) {
            return Api.now(answer(call, rights, new Result.Failed(failures)));
        }
        Command.Transaction transaction = new Command.Transaction(operations);
        if (operations.stream().allMatch(Operation::readsOnly)) {
            api.requireLeader(options);
            return Api.now(api.current(readOnly(call, rights, api.registry().snapshot().dryRun(transaction))));
        }
        return api.propose(call, Need.TOKEN, transaction).thenApply(result -> answer(call, rights, result));
    }

    private List<Step> steps(byte[] body) {
        try {
            List<Step> steps =
                    Json.read(Steps.class, Bodies.object("Steps", Json.parse(body)), Json.Unknown.REFUSE).steps();
            return steps == null ? List.of() : steps;
        } catch (JsonException e) {
            throw ApiException.badRequest("Failed to parse body: " + Bodies.reason(e));
        }
    }

    private Operation operation(Step step) {
        if (step == null) {
            throw ApiException.refused("unknown operation type");
        }
        if (step.kv() != null) {
            KeyStep kv = step.kv();
            if (kv.key() == null || kv.key().isEmpty()) {
                throw ApiException.refused("Must provide key");
            }
            return new Operation.OnKey(new KeyOperation(verb("KV", kv.verb(), KeyOperation.Verb.values()), kv.key(),
                    kv.value(), kv.flags(), kv.index(), kv.session()));
        }
        if (step.node() != null) {
            Operation.Verb verb = verb("Node", step.node().verb(), Operation.Verb.values());
            NodeBody body = Optional.ofNullable(step.node().node())
                    .filter(node -> node.node() != null && !node.node().isEmpty())
                    .orElseThrow(() -> ApiException.refused("Must provide node"));
            return new Operation.OnNode(verb, new Node(body.id(), body.node(), body.address(),
                    api.registry().datacenter(), body.taggedAddresses(), body.meta(), body.createIndex(),
                    body.modifyIndex()));
        }
        if (step.service() != null) {
            Operation.Verb verb = verb("Service", step.service().verb(), Operation.Verb.values());
            if (step.service().service() == null) {
                throw ApiException.refused("Must provide service");
            }
            if (verb != Operation.Verb.GET) {
                step.service().service().validate();
            }
            return new Operation.OnService(verb,
                    step.service().service().row(Optional.ofNullable(step.service().node()).orElse("")));
        }
        if (step.check() != null && step.check().check() != null) {
            RegisterBody.CheckBody body = step.check().check();
            return new Operation.OnCheck(verb("Check", step.check().verb(), Operation.Verb.values()),
                    body.row(Optional.ofNullable(body.node()).orElse("")));
        }
        throw ApiException.refused("unknown operation type");
    }

    private static <V> V verb(String family, String word, V[] verbs) {
        for (V verb : verbs) {
            if (verb.toString().equals(word)) {
                return verb;
            }
        }
        throw ApiException.refused("unknown " + family + " verb \"" + (word == null ? "" : word) + "\"");
    }

    private Reply.Full answer(Call call, CatalogRights rights, Result result) {
        return body(call, rights, result, row -> row);
    }

    /** An answer that was only read tells how current it is, in its body too. */
    private Reply.Full readOnly(Call call, CatalogRights rights, Result result) {
        return body(call, rights, result, row -> {
            row.put("Index", 0);
            row.put("LastContact", 0);
            row.put("KnownLeader", api.registry().leader().isPresent());
            row.put("ConsistencyLevel", "");
            return row;
        });
    }

    private Reply.Full body(
            Call call, CatalogRights rights, Result result, Function<Map<String, Object>, Map<String, Object>> meta) {
        return switch (result) {
            case Result.Committed(List<Result.Row> rows) -> api.bodies.json(call, 200, meta.apply(
                    Bodies.object("Results", rows.stream().filter(rights::mayRead).map(TxnHandlers::row).toList(), "Errors", null)));
            case Result.Failed(List<Result.Failure> failures) -> api.bodies.json(call, 409, meta.apply(
                    Bodies.object("Results", null, "Errors", failures.stream().map(failure -> Bodies.object(
                            "OpIndex", failure.operation(), "What", failure.message())).toList())));
            case Result.Done done -> throw new IllegalStateException("a transaction was answered as " + done);
            case Result.Decided decided -> throw new IllegalStateException("a transaction was answered as " + decided);
            case Result.Refused refused -> throw ApiException.refused(refused.message());
        };
    }

    private static Map<String, Object> row(Result.Row row) {
        return switch (row) {
            case Result.Row.OfKey key -> Bodies.object("KV",
                    key.withValue() ? Rows.keyValue(key.entry()) : Rows.keyWithoutValue(key.entry()));
            case Result.Row.OfNode node -> Bodies.object("Node", Rows.node(node.node()));
            case Result.Row.OfService service -> Bodies.object("Service",
                    nullTags(Rows.service(service.service()), "Tags"));
            case Result.Row.OfCheck check -> Bodies.object("Check", nullTags(Rows.check(check.check()), "ServiceTags"));
        };
    }

    /** Transactions answer a list without tags as null, unlike all other endpoints. */
    private static Map<String, Object> nullTags(Map<String, Object> row, String name) {
        if (row.get(name) instanceof List<?> tags && tags.isEmpty()) {
            row.put(name, null);
        }
        return row;
    }
}
