package muster.cli;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import muster.wire.GoFlags;
import muster.wire.Json;

/** {@code keyring}. */
final class Keyring {
    static final Command COMMAND = new Command("keyring", "Manages gossip layer encryption keys", """
            Usage: consul keyring [options]

              Lists or changes the keys with which members encrypt what they tell each other.

              -list              list the keys and how many members have each
              -install=<key>     give a key to all members
              -use=<key>         encrypt with this installed key
              -remove=<key>      take a key that is not in use away
              -relay-factor=<n>  members that pass on answers, up to 5
              -local-only        ask this agent alone; with -list""", Keyring::run);

    private Keyring() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = ConsulApi.reading().switches("list", "local-only").texts("install", "use", "remove", "relay-factor").parse(args);
        long actions = List.of("install", "use", "remove").stream().filter(name -> !flags.text(name).isEmpty()).count() + (flags.on("list") ? 1 : 0);
        if (actions == 0) {
            console.err().println(COMMAND.usage());
            return 1;
        }
        if (actions > 1) {
            return console.fail("Only a single action is allowed");
        }
        long relay = flags.unsigned("relay-factor", 0);
        if (relay > 5) {
            return console.fail("Error parsing relay factor: " + relay + " not in range: [0,5]");
        }
        boolean json = ConsulApi.json(flags);
        String query = "?relay-factor=" + relay + (flags.on("local-only") ? "&local-only=true" : "");
        Api api = ConsulApi.api(flags, console);
        try {
            if (flags.on("list")) {
                Doc rings = json ? api.get("/v1/operator/keyring" + query) : announced(console, api, query);
                return json ? ConsulApi.printJson(console, rings) : print(console, rings);
            }
            String action = !flags.text("install").isEmpty() ? "install" : !flags.text("use").isEmpty() ? "use" : "remove";
            console.out().println(switch (action) {
                case "install" -> "Installing new gossip encryption key...";
                case "use" -> "Changing primary gossip encryption key...";
                default -> "Removing gossip encryption key...";
            });
            String method = action.equals("install") ? "POST" : action.equals("use") ? "PUT" : "DELETE";
            Api.good(api.call(method, "/v1/operator/keyring" + query, Json.write(Map.of("Key", flags.text(action)))));
            return 0;
        } catch (ApiException e) {
            return console.fail("error: " + e.getMessage());
        }
    }

    private static Doc announced(Console console, Api api, String query) {
        console.out().println("Gathering installed encryption keys...");
        return api.get("/v1/operator/keyring" + query);
    }

    private static int print(Console console, Doc rings) {
        for (Doc ring : rings.list()) {
            console.out().println("\n" + (ring.is("WAN") ? "WAN" : ring.text("Datacenter") + " (LAN)") + ":");
            new TreeMap<>(ring.at("Keys").members()).forEach((key, count) ->
                    console.out().println("  " + key + " [" + count.text() + "/" + ring.text("NumNodes") + "]"));
        }
        return 0;
    }
}
