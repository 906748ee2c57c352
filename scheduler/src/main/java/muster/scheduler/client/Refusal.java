package muster.scheduler.client;

import muster.http.Call;
import muster.http.Reply;
import muster.wire.GoQuote;
import muster.wire.Json;

/** An answer that stops the handling of a request of {@link ClientRoutes}; text and status are the client's to see. */
final class Refusal extends Exception {
    private static final long serialVersionUID = 1L;
    private final int status;

    Refusal(int status, String text) {
        super(text, null, false, false);
        this.status = status;
    }

    Reply reply() {
        return Reply.text(status, getMessage());
    }

    int status() {
        return status;
    }

    /** The runner of an allocation of this node. */
    static AllocationRunner runner(Client client, String id) throws Refusal {
        return client.allocation(id).orElseThrow(() -> new Refusal(404, client.removal(id).orElse("Unknown allocation \"" + id + "\"")));
    }

    static Reply json(Call call, Object value) {
        return Reply.of(200, "application/json", Json.write(value, call.has("pretty")));
    }

    /** A parameter of the query that is true or false, in the forms that Go takes. */
    static boolean flag(Call call, String name, boolean otherwise) throws Refusal {
        String text = call.query(name);
        return switch (text) {
            case "" -> otherwise;
            case "1", "t", "T", "true", "TRUE", "True" -> true;
            case "0", "f", "F", "false", "FALSE", "False" -> false;
            default -> throw new Refusal(400, "failed to parse " + name + " field to boolean: strconv.ParseBool: parsing "
                    + GoQuote.quote(text) + ": invalid syntax");
        };
    }
}
