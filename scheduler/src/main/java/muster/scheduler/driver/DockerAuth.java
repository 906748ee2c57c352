package muster.scheduler.driver;

import com.github.dockerjava.api.model.AuthConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import muster.wire.Json;
import muster.wire.JsonException;

/** Who we are to a registry of images: as the task says, else as the operator's file or helper program does. */
record DockerAuth(Config plugin) {
    private static final String HUB = "https://index.docker.io/v1/";
    private static final int HELPER_SECONDS = 30;

    /** What to log in with for an image; empty for nothing. */
    Optional<AuthConfig> of(String image, Config task) throws DriverException {
        Config own = task.block("auth");
        if (own.has("username") || own.has("password")) {
            return Optional.of(new AuthConfig().withUsername(own.text("username")).withPassword(own.text("password")).withEmail(own.text("email"))
                    .withRegistryAddress(own.text("server_address", registry(image))));
        }
        Config auth = plugin.block("auth");
        if (auth.has("config")) {
            Optional<AuthConfig> found = fromFile(Path.of(auth.text("config")), registry(image));
            if (found.isPresent()) {
                return found;
            }
        }
        return auth.has("helper") ? fromHelper(auth.text("helper"), registry(image)) : Optional.empty();
    }

    /** The registry that an image's name names, as these files write it. */
    static String registry(String image) {
        int slash = image.indexOf('/');
        String first = slash < 0 ? "" : image.substring(0, slash);
        return first.contains(".") || first.contains(":") || first.equals("localhost") ? first : HUB;
    }

    private static Optional<AuthConfig> fromFile(Path file, String registry) throws DriverException {
        try {
            Map<?, ?> top = (Map<?, ?>) Json.parse(Files.readAllBytes(file));
            if (top.get("credHelpers") instanceof Map<?, ?> helpers && helpers.get(registry) instanceof String helper) {
                return fromHelper(helper, registry);
            }
            if (top.get("auths") instanceof Map<?, ?> auths && auths.get(registry) instanceof Map<?, ?> entry && entry.get("auth") instanceof String coded) {
                String[] parts = new String(Base64.getDecoder().decode(coded), StandardCharsets.UTF_8).split(":", 2);
                return parts.length < 2 ? Optional.empty()
                        : Optional.of(new AuthConfig().withUsername(parts[0]).withPassword(parts[1]).withRegistryAddress(registry));
            }
            return top.get("credsStore") instanceof String store ? fromHelper(store, registry) : Optional.empty();
        } catch (IOException | JsonException | IllegalArgumentException | ClassCastException e) {
            throw new DriverException("can't read the registries' passwords in " + file + ": " + e.getClass().getSimpleName(), false);
        }
    }

    private static Optional<AuthConfig> fromHelper(String helper, String registry) throws DriverException {
        try {
            Process process = new ProcessBuilder(List.of("docker-credential-" + helper, "get")).redirectErrorStream(true).start();
            process.getOutputStream().write(registry.getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().close();
            byte[] said = process.getInputStream().readNBytes(64 << 10);
            if (!process.waitFor(HELPER_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroyForcibly();
                return Optional.empty();
            }
            Map<?, ?> answer = (Map<?, ?>) Json.parse(said);
            return Optional.of(new AuthConfig().withUsername(String.valueOf(answer.get("Username")))
                    .withPassword(String.valueOf(answer.get("Secret"))).withRegistryAddress(registry));
        } catch (IOException | JsonException | ClassCastException e) {
            throw new DriverException("docker-credential-" + helper + " does not answer: " + e.getClass().getSimpleName(), true);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
