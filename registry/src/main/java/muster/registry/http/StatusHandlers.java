package muster.registry.http;

import java.util.List;
import java.util.concurrent.CompletionStage;
import muster.http.Call;
import muster.http.Reply;
import muster.registry.acl.Access;
import muster.registry.acl.Need;
import muster.registry.acl.Resource;
import muster.raft.members.Cluster;
import muster.registry.http.Api.Headers;
import muster.registry.query.Reads;

/** The cluster's outline. (Consul HTTP API: Status) */
final class StatusHandlers {
    private final Api api;

    StatusHandlers(Api api) {
        this.api = api;
    }

    /** The root leads to the web pages where they are served. */
    CompletionStage<Reply> root(Call call) {
        return Api.now(api.settings.ui()
                ? new ConsulDialect().moved(call.method(), "/ui/")
                : Reply.text(200, "Consul Agent"));
    }

    CompletionStage<Reply> leader(Call call) {
        api.requireDatacenter(call);
        return Api.now(api.bodies.json(call, 200, api.registry().leader().orElse("")));
    }

    CompletionStage<Reply> peers(Call call) {
        api.requireDatacenter(call);
        return Api.now(api.bodies.json(call, 200, api.cluster.servers().stream().map(Cluster.Server::address).toList()));
    }
}
