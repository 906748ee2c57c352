package muster.registry.http;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import muster.http.Call;
import muster.http.Reply;
import muster.registry.acl.Access;
import muster.registry.acl.Need;
import muster.registry.acl.Resource;
import muster.registry.acl.Sieve;
import muster.registry.http.Api.Headers;
import muster.registry.mesh.Coordinate;
import muster.registry.query.MeshReads;
import muster.registry.state.Command;

/** Network coordinates, as others measured and sent them. (Consul HTTP API: Coordinates) */
final class CoordinateHandlers {
    private final Api api;

    CoordinateHandlers(Api api) {
        this.api = api;
    }

    /** The body of coordinate/update. */
    record Update(String datacenter, String node, String segment, Coordinate.Position coord, String partition) {}

    CompletionStage<Reply> datacenters(Call call) {
        return Api.now(api.bodies.json(call, 200, List.of(Bodies.object(
                "Datacenter", api.registry().datacenter(), "AreaID", "wan", "Coordinates", List.of()))));
    }

    CompletionStage<Reply> nodes(Call call) {
        return api.json(call, Need.TOKEN, new MeshReads.Coordinates(""), Headers.PLAIN, (sieve, all) -> rows(call, sieve, all));
    }

    /** Nothing to be seen is nothing found. */
    CompletionStage<Reply> node(Call call) {
        String node = call.parameter("node");
        return api.read(call, Need.TOKEN, new MeshReads.Coordinates(node), Headers.PLAIN, (sieve, all) -> {
            List<Map<String, Object>> rows = node.isEmpty() ? List.of() : rows(call, sieve, all);
            return rows.isEmpty() ? Reply.empty(404) : api.bodies.json(call, 200, rows);
        });
    }

    private static List<Map<String, Object>> rows(Call call, Sieve sieve, List<Coordinate> all) {
        return sieve.keep(all, coordinate -> sieve.caller().mayRead(Resource.NODE, coordinate.node())).stream()
                .filter(coordinate -> !call.has("segment") || coordinate.segment().equals(call.query("segment")))
                .map(coordinate -> Bodies.object("Node", coordinate.node(), "Segment", coordinate.segment(), "Coord",
                        Bodies.object("Vec", coordinate.coord().vec(), "Error", coordinate.coord().error(),
                                "Adjustment", coordinate.coord().adjustment(), "Height", coordinate.coord().height())))
                .toList();
    }

    CompletionStage<Reply> update(Call call) {
        Update update = Bodies.read(call, Update.class);
        api.requireDatacenter(call);
        api.requireDatacenter(update.datacenter() == null ? "" : update.datacenter());
        Coordinate coordinate = new Coordinate(update.node(), update.segment(), update.coord());
        if (coordinate.coord().vec().size() != Coordinate.DIMENSIONS) {
            throw ApiException.refused("incompatible coordinate");
        }
        if (!coordinate.coord().isValid()) {
            throw ApiException.refused("invalid coordinate");
        }
        return api.propose(call, Need.of(Access.WRITE, Resource.NODE, coordinate.node()),
                new Command.SetCoordinates(List.of(coordinate))).thenApply(done -> Reply.empty(200));
    }
}
