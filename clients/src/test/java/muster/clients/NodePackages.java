package muster.clients;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Packages for Node.js, fetched by npm below {@code target}; tests are left out where that can't be done. */
final class NodePackages {
    private NodePackages() {}

    /**
     * The folder with the packages; installed once.
     *
     * @param packages NAME@VERSION
     */
    static Path installed(String folder, String... packages) throws IOException, InterruptedException {
        assumeTrue(runs(Path.of("").toAbsolutePath(), List.of("node", "--version")), "node is not installed");
        assumeTrue(runs(Path.of("").toAbsolutePath(), List.of("npm", "--version")), "npm is not installed");
        Path modules = Files.createDirectories(Path.of("target", folder).toAbsolutePath());
        boolean isThere = Arrays.stream(packages).allMatch(name -> Files.isDirectory(modules.resolve("node_modules/" + name.substring(0, name.lastIndexOf('@')))));
        if (!isThere) {
            Files.writeString(modules.resolve("package.json"), "{\"private\": true}\n");
            List<String> line = new ArrayList<>(List.of("npm", "install", "--no-audit", "--no-fund", "--ignore-scripts"));
            line.addAll(List.of(packages));
            assumeTrue(runs(modules, line), "npm can't fetch " + String.join(", ", packages));
        }
        return modules;
    }

    private static boolean runs(Path where, List<String> line) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(line).directory(where.toFile()).redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
            if (!process.waitFor(120, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return false;
            }
            return process.exitValue() == 0;
        } catch (IOException missing) {
            return false;
        }
    }
}
