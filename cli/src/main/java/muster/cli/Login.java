package muster.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import muster.wire.GoFlags;

/** {@code login} and {@code logout}. */
final class Login {
    static final Command LOGIN = new Command("login", "Login to Consul using an auth method", """
            Usage: consul login -method NAME -bearer-token-file FILE -token-sink-file FILE [options]

              Gets a token for a proof of identity and writes it to a file.

              -method=<string>               the auth method
              -bearer-token-file=<path>      the proof
              -token-sink-file=<path>        where the token's secret is written, readable by its owner only
              -meta=<key=value>              kept with the token; may be repeated""", Login::login);
    static final Command LOGOUT = new Command("logout", "Destroy a Consul token created with login", """
            Usage: consul logout [options]

              Ends the token of this request, which came by login.""", Login::logout);

    private Login() {}

    private static int login(Console console, List<String> args) {
        GoFlags flags = ConsulApi.flags().texts("method", "bearer-token-file", "token-sink-file").lists("meta").parse(args);
        if (!flags.rest().isEmpty()) {
            return console.fail("Should have no non-flag arguments.");
        }
        for (String needed : List.of("method", "token-sink-file", "bearer-token-file")) {
            if (flags.text(needed).isEmpty()) {
                return console.fail("Missing required '-" + needed + "' flag");
            }
        }
        Map<String, Object> meta = new LinkedHashMap<>();
        for (String pair : flags.all("meta")) {
            int at = pair.indexOf('=');
            meta.put(at < 0 ? pair : pair.substring(0, at), at < 0 ? "" : pair.substring(at + 1));
        }
        try {
            String bearer = Files.readString(console.folder().resolve(flags.text("bearer-token-file"))).strip();
            if (bearer.isEmpty()) {
                return console.fail("No bearer token found in " + flags.text("bearer-token-file"));
            }
            Map<String, Object> body = new LinkedHashMap<>();
            body.put("AuthMethod", flags.text("method"));
            body.put("BearerToken", bearer);
            body.put("Meta", meta);
            Doc token = ConsulApi.api(flags, console).send("POST", ConsulApi.target("/v1/acl/login", flags), body);
            write(console.folder().resolve(flags.text("token-sink-file")).toAbsolutePath(), token.text("SecretID"));
            return 0;
        } catch (IOException e) {
            return console.fail("Error: " + e.getMessage());
        } catch (ApiException e) {
            return console.fail("Error logging in: " + e.getMessage());
        }
    }

    private static void write(Path file, String secret) throws IOException {
        Path draft = Files.createTempFile(file.getParent(), "token", ".tmp",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(draft, secret);
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static int logout(Console console, List<String> args) {
        GoFlags flags = ConsulApi.flags().parse(args);
        if (!flags.rest().isEmpty()) {
            return console.fail("Should have no non-flag arguments.");
        }
        try {
            ConsulApi.api(flags, console).send("POST", ConsulApi.target("/v1/acl/logout", flags), null);
            return 0;
        } catch (ApiException e) {
            return console.fail("Error destroying token: " + e.getMessage());
        }
    }
}
