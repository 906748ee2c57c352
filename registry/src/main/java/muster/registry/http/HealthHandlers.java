package muster.registry.http;

import java.util.List;
import java.util.concurrent.CompletionStage;
import muster.http.Call;
import muster.http.Reply;
import muster.registry.acl.Need;
import muster.registry.http.Api.Headers;
import muster.registry.query.MeshReads;
import muster.registry.query.Reads;
import muster.registry.query.StateQuery;
import muster.registry.state.Catalog;
import muster.registry.state.Check;

/** Health. (Consul HTTP API: Health) */
final class HealthHandlers {
    private final Api api;

    HealthHandlers(Api api) {
        this.api = api;
    }

    CompletionStage<Reply> node(Call call) {
        return checks(call, new Reads.ChecksOfNode(Api.required(call, "node", "Missing node name")));
    }

    CompletionStage<Reply> checks(Call call) {
        return checks(call, new Reads.ChecksOfService(Api.required(call, "service", "Missing service name")));
    }

    CompletionStage<Reply> state(Call call) {
        return checks(call, new Reads.ChecksInState(Api.required(call, "state", "Missing check state")));
    }

    private CompletionStage<Reply> checks(Call call, StateQuery<List<Check>> query) {
        ListOptions options = ListOptions.of(call, Rows.CHECK);
        return api.json(call, Need.TOKEN, query, Headers.WITH_CONSISTENCY, (sieve, checks) -> options.filter()
                .keep(api.nearness(call).sorted(sieve.checks(checks), Check::node).stream()
                .filter(check -> options.nodeMeta().isEmpty() || api.registry().snapshot().catalog().node(check.node())
                        .filter(options::wants).isPresent())
                .map(Rows::check)
                .toList()));
    }

    CompletionStage<Reply> service(Call call) {
        return instances(call, new Reads.Instances(Api.required(call, "service", "Missing service name")));
    }

    CompletionStage<Reply> connect(Call call) {
        return instances(call, new Reads.Connectable(Api.required(call, "service", "Missing service name")));
    }

    CompletionStage<Reply> ingress(Call call) {
        return instances(call, new MeshReads.Ingress(Api.required(call, "service", "Missing service name")));
    }

    private CompletionStage<Reply> instances(Call call, StateQuery<List<Catalog.Instance>> query) {
        ListOptions options = ListOptions.of(call, Rows.INSTANCE);
        boolean passingOnly = passingOnly(call);
        return api.json(call, Need.TOKEN, query, Headers.WITH_CONSISTENCY, (sieve, instances) -> options.filter().keep(
                api.nearness(call).sorted(sieve.instances(instances), instance -> instance.node().name()).stream()
                .filter(instance -> options.wants(instance.node()) && options.wants(instance.service()))
                .filter(instance -> !passingOnly || CatalogHandlers.passes(instance))
                .map(Rows::instance)
                .toList()));
    }

    /** The switch alone, or with one of Go's words for a truth. */
    private static boolean passingOnly(Call call) {
        if (!call.has("passing")) {
            return false;
        }
        return switch (call.query("passing")) {
            case "", "1", "t", "T", "true", "TRUE", "True" -> true;
            case "0", "f", "F", "false", "FALSE", "False" -> false;
            default -> throw ApiException.badRequest("Invalid value for ?passing");
        };
    }
}
