package muster.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import muster.wire.GoFlags;

/** What the commands of access control take: flags they share, ids by their beginning, identities, texts out of files. */
final class AclArguments {
    static final String OUTPUT_HELP = """
              -meta                          show hash and indexes too
              -format={pretty|json}          how the answer is printed""";

    private AclArguments() {}

    static GoFlags flags() {
        return ConsulApi.flags().switches("meta").texts("format");
    }

    /** A wrong use; printed as it is. */
    static final class WrongUse extends RuntimeException {
        WrongUse(String message) {
            super(message, null, false, false);
        }
    }

    /** The whole id that begins so; what has an id's length is one. */
    static String id(Api api, GoFlags flags, String list, String field, String what, String beginning) {
        if (beginning.length() == 36) {
            return beginning;
        }
        String found = "";
        for (Doc row : api.get(ConsulApi.target("/v1/acl/" + list, flags)).list()) {
            if (row.text(field).startsWith(beginning)) {
                if (!found.isEmpty()) {
                    throw new WrongUse("Partial " + what + " ID is not unique");
                }
                found = row.text(field);
            }
        }
        if (found.isEmpty()) {
            throw new WrongUse("No such " + what + " ID with prefix: " + beginning);
        }
        return found;
    }

    /** The id of what has the name. */
    static String named(Api api, GoFlags flags, String list, String what, String name) {
        if (name.isEmpty()) {
            throw new WrongUse("No name specified");
        }
        for (Doc row : api.get(ConsulApi.target("/v1/acl/" + list, flags)).list()) {
            if (row.text("Name").equals(name)) {
                return row.text("ID");
            }
        }
        throw new WrongUse("No such " + what + " with name " + name);
    }

    /** {@code NAME} or {@code NAME:DC1,DC2}. */
    static List<Object> serviceIdentities(List<String> given) {
        List<Object> identities = new ArrayList<>();
        for (String text : given) {
            String[] parts = text.split(":", -1);
            Map<String, Object> identity = new LinkedHashMap<>();
            identity.put("ServiceName", parts[0]);
            if (parts.length == 2) {
                identity.put("Datacenters", List.of(parts[1].split(",")));
            } else if (parts.length > 2) {
                throw new WrongUse("Malformed -service-identity argument: \"" + text + "\"");
            }
            identities.add(identity);
        }
        return identities;
    }

    /** {@code NAME:DC}. */
    static List<Object> nodeIdentities(List<String> given) {
        List<Object> identities = new ArrayList<>();
        for (String text : given) {
            String[] parts = text.split(":", -1);
            if (parts.length != 2) {
                throw new WrongUse("Malformed -node-identity argument: \"" + text + "\"");
            }
            Map<String, Object> identity = new LinkedHashMap<>();
            identity.put("NodeName", parts[0]);
            identity.put("Datacenter", parts[1]);
            identities.add(identity);
        }
        return identities;
    }

    /** Links to policies or roles: names for the agent to find, ids by their beginning. */
    static List<Object> links(Api api, GoFlags flags, List<String> names, List<String> ids, String list, String what) {
        List<Object> links = new ArrayList<>();
        names.forEach(name -> links.add(Map.of("Name", name)));
        for (String id : ids) {
            try {
                links.add(Map.of("ID", id(api, flags, list, "ID", what, id)));
            } catch (WrongUse | ApiException e) {
                throw new WrongUse("Error resolving " + what + " ID " + id + ": " + e.getMessage());
            }
        }
        return links;
    }

    /** A text, that of a file for {@code @FILE}, of standard input for {@code -}. */
    static String text(Console console, String given) {
        try {
            if (given.equals("-")) {
                return new String(console.in().readAllBytes(), StandardCharsets.UTF_8);
            }
            return given.startsWith("@") ? Files.readString(console.folder().resolve(given.substring(1))) : given;
        } catch (NoSuchFileException e) {
            throw new WrongUse("Failed to read file: open " + given.substring(1) + ": no such file or directory");
        } catch (IOException e) {
            throw new WrongUse("Failed to read file: " + e.getMessage());
        }
    }
}
