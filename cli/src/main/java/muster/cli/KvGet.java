package muster.cli;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import muster.wire.GoFlags;

/** {@code kv get}. */
final class KvGet {
    static final Command COMMAND = new Command("kv get", "Retrieves or lists data from the KV store", """
            Usage: consul kv get [options] [KEY_OR_PREFIX]

              Prints the value of a key, or lists what is below a prefix.

              -base64                 print the value as base64
              -detailed               print the entry's other fields too
              -keys                   list keys instead of values
              -recurse                print all entries below the prefix
              -separator=<string>     where -keys cuts; the default is "/\"""", KvGet::run);

    private KvGet() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = ConsulApi.reading().switches("base64", "detailed", "keys", "recurse").texts("separator").parse(args);
        List<String> rest = flags.rest();
        if (rest.size() > 1) {
            return console.fail("Too many arguments (expected 1, got " + rest.size() + ")");
        }
        String key = rest.isEmpty() ? "" : rest.getFirst();
        key = key.startsWith("/") ? key.substring(1) : key;
        if (key.isEmpty() && !flags.on("recurse") && !flags.on("keys")) {
            return console.fail("Error! Missing KEY argument");
        }
        try {
            Api api = ConsulApi.api(flags, console);
            String path = "/v1/kv/" + ConsulApi.keyPath(key);
            if (flags.on("keys") && ConsulApi.json(flags)) {
                return ConsulApi.printJson(console, good(api.call("GET", ConsulApi.target(path, flags, "keys",
                        "separator=" + ConsulApi.encode(flags.text("separator", "/"))), new byte[0])).json());
            }
            if (flags.on("keys")) {
                return keys(console, api.call("GET", ConsulApi.target(path, flags, "keys",
                        "separator=" + ConsulApi.encode(flags.text("separator", "/"))), new byte[0]));
            }
            if (ConsulApi.json(flags)) {
                Api.Answer whole = api.call("GET", ConsulApi.target(path, flags, flags.on("recurse") ? "recurse" : ""), new byte[0]);
                return whole.status() == 404 ? console.fail("Error! No key exists at: " + key) : ConsulApi.printJson(console, good(whole).json());
            }
            // A value alone needs no JSON, whose reader takes a quarter of the command's time to load.
            boolean plain = !flags.on("recurse") && !flags.on("detailed") && !flags.on("base64");
            Api.Answer answer = api.call("GET",
                    ConsulApi.target(path, flags, flags.on("recurse") ? "recurse" : plain ? "raw" : ""), new byte[0]);
            if (answer.status() == 404) {
                return flags.on("recurse") ? 0 : console.fail("Error! No key exists at: " + key);
            }
            if (plain) {
                console.out().writeBytes(good(answer).body());
                console.out().println();
                return 0;
            }
            List<Doc> entries = good(answer).json().list();
            for (int i = 0; i < entries.size(); i++) {
                print(console, flags, entries.get(i), i < entries.size() - 1);
            }
            return 0;
        } catch (ApiException e) {
            // The address is shown as the original asks for it.
            return console.fail("Error querying Consul agent: " + e.getMessage().replaceFirst("[?&]raw\"", "\""));
        }
    }

    /** Reads report the status alone, as the original's do. */
    private static Api.Answer good(Api.Answer answer) {
        if (answer.status() / 100 != 2) {
            throw new ApiException(answer.status(), "Unexpected response code: " + answer.status());
        }
        return answer;
    }

    private static int keys(Console console, Api.Answer answer) {
        if (answer.status() != 404) {
            good(answer).json().list().forEach(key -> console.out().println(key.text()));
        }
        return 0;
    }

    private static void print(Console console, GoFlags flags, Doc entry, boolean more) {
        String base64 = entry.text("Value");
        byte[] value = flags.on("base64") ? base64.getBytes(StandardCharsets.US_ASCII) : Base64.getDecoder().decode(base64);
        if (flags.on("detailed")) {
            List<String> rows = new ArrayList<>();
            for (String field : List.of("CreateIndex", "Flags", "Key", "LockIndex", "ModifyIndex")) {
                rows.add(field + "|" + entry.text(field));
            }
            rows.add("Session|" + (entry.text("Session").isEmpty() ? "-" : entry.text("Session")));
            rows.add("Value|");
            String table = Layout.columns(rows, "      ", "");
            console.out().print(table);
            console.out().writeBytes(value);
            console.out().println();
            if (more) {
                console.out().println();
            }
            return;
        }
        if (flags.on("recurse")) {
            console.out().print(entry.text("Key") + ":");
        }
        console.out().writeBytes(value);
        console.out().println();
    }
}
