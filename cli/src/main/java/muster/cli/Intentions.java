package muster.cli;

import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What the commands of intentions share. */
final class Intentions {
    static final String PATH = "/v1/connect/intentions";
    private static final DateTimeFormatter CREATED = DateTimeFormatter.ofPattern("EEEE, dd-MMM-yy HH:mm:ss zzz", Locale.ENGLISH);

    private Intentions() {}

    /** One intention in a line. */
    static String line(Doc intention) {
        String action = intention.text("Action");
        return intention.text("SourceName") + " => " + intention.text("DestinationName")
                + " (" + (action.isEmpty() ? "L7 permissions" : action) + ")";
    }

    /** One intention in full. */
    static String table(Doc intention, ZoneId zone) {
        List<String> rows = new ArrayList<>(List.of("Source:|" + intention.text("SourceName"),
                "Destination:|" + intention.text("DestinationName"), "Action:|" + intention.text("Action"), "ID:|" + intention.text("ID")));
        if (!intention.text("Description").isEmpty()) {
            rows.add("Description:|" + intention.text("Description"));
        }
        intention.at("Meta").members().forEach((key, value) -> rows.add("Meta[" + key + "]:|" + value.text()));
        if (intention.time("CreatedAt") != null) {
            rows.add("Created At:|" + CREATED.format(intention.time("CreatedAt").atZone(zone)));
        }
        return Layout.columns(rows, "  ", "");
    }

    /** The intention that arguments name, by its id or by source and destination. Fails with the original's text where there is none. */
    static Doc named(Api api, List<String> args) {
        if (args.size() == 1) {
            return api.get(PATH + "/" + ConsulApi.encode(args.getFirst()));
        }
        return between(api, args.get(0), args.get(1)).orElseThrow(() -> new ApiException(404, "Intention with source \""
                + plain(args.get(0)) + "\" and destination \"" + plain(args.get(1)) + "\" not found."));
    }

    static Optional<Doc> between(Api api, String source, String destination) {
        return api.get(PATH).list().stream()
                .filter(intention -> intention.text("SourceName").equals(plain(source))
                        && intention.text("DestinationName").equals(plain(destination)))
                .findFirst();
    }

    /** A name without its namespace, of which there is one. */
    static String plain(String name) {
        return name.startsWith("default/") ? name.substring("default/".length()) : name;
    }
}
