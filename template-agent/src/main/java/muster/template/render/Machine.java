package muster.template.render;

import java.io.IOException;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import muster.template.function.Outside;
import muster.template.language.FunctionException;

/**
 * The machine as functions may see it: files inside of a sandbox, the network interfaces and, only where allowed, programs.
 *
 * @param destination the file that the template is rendered to; "" for none
 * @param programs whether {@code plugin} may run what it names
 * @param random what keys, salts and shuffled letters are made from
 */
public record Machine(Sandbox sandbox, String destination, boolean programs, SecureRandom random) implements Outside {
    /** Without programs and destination. */
    public Machine(Sandbox sandbox) {
        this(sandbox, "", false);
    }

    /** With the operating system's randomness. */
    public Machine(Sandbox sandbox, String destination, boolean programs) {
        this(sandbox, destination, programs, new SecureRandom());
    }

    private static final long PLUGIN_SECONDS = 30;
    private static final int LARGEST_OUTPUT = 16 << 20;

    @Override
    public String readable(String path) {
        return sandbox.readable(path);
    }

    @Override
    public String writable(String path) {
        try {
            Path target = sandbox.destination(path);
            if (java.nio.file.Files.isSymbolicLink(target)) {
                throw new FunctionException("refusing to write through the symbolic link " + path);
            }
            return target.toString();
        } catch (IOException e) {
            throw new FunctionException("'" + path + "' is outside of sandbox");
        }
    }

    @Override
    public void checkOwner(String user, String group) {
        UserPrincipalLookupService accounts = FileSystems.getDefault().getUserPrincipalLookupService();
        try {
            if (!user.matches("\\d*")) {
                accounts.lookupPrincipalByName(user);
            }
        } catch (UserPrincipalNotFoundException e) {
            throw new FunctionException("user: unknown user " + user);
        } catch (IOException e) {
            throw new FunctionException("user: lookup of " + user + " failed: " + e.getMessage());
        }
        try {
            if (!group.matches("\\d*")) {
                accounts.lookupPrincipalByGroupName(group);
            }
        } catch (UserPrincipalNotFoundException e) {
            throw new FunctionException("group: unknown group " + group);
        } catch (IOException e) {
            throw new FunctionException("group: lookup of " + group + " failed: " + e.getMessage());
        }
    }

    @Override
    public List<InterfaceAddress> addresses() {
        List<InterfaceAddress> found = new ArrayList<>();
        try {
            for (NetworkInterface each : NetworkInterface.networkInterfaces().sorted(Comparator.comparing(NetworkInterface::getIndex)).toList()) {
                for (java.net.InterfaceAddress address : each.getInterfaceAddresses()) {
                    found.add(new InterfaceAddress(each.getName(), address.getAddress(), address.getNetworkPrefixLength(),
                            each.isUp(), each.isLoopback(), each.getMTU()));
                }
            }
            return found;
        } catch (SocketException e) {
            throw new FunctionException("the network interfaces can't be read: " + e.getMessage());
        }
    }

    @Override
    public String run(List<String> command) {
        if (!programs) {
            throw new FunctionException("function is disabled: templates run no programs unless allow_plugins is set");
        }
        try {
            Process process = new ProcessBuilder(command).start();
            process.getOutputStream().close();
            CompletableFuture<byte[]> out = CompletableFuture.supplyAsync(() -> drained(process.getInputStream()), Machine::virtual);
            CompletableFuture<byte[]> err = CompletableFuture.supplyAsync(() -> drained(process.getErrorStream()), Machine::virtual);
            if (!process.waitFor(PLUGIN_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new FunctionException("exec " + command.getFirst() + ": did not finish in " + PLUGIN_SECONDS + "s");
            }
            String output = text(out);
            if (process.exitValue() != 0) {
                throw new FunctionException("exec " + command.getFirst() + ": exit status " + process.exitValue()
                        + "\n\nstdout:\n\n" + output + "\n\nstderr:\n\n" + text(err));
            }
            return output.strip();
        } catch (IOException e) {
            throw new FunctionException("exec " + command.getFirst() + ": " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FunctionException("exec " + command.getFirst() + ": interrupted");
        }
    }

    private static void virtual(Runnable task) {
        Thread.ofVirtual().start(task);
    }

    private static String text(CompletableFuture<byte[]> output) throws InterruptedException {
        try {
            return new String(output.get(1, TimeUnit.SECONDS), StandardCharsets.UTF_8);
        } catch (ExecutionException | TimeoutException e) {
            return "";
        }
    }

    private static byte[] drained(java.io.InputStream stream) {
        try {
            return stream.readNBytes(LARGEST_OUTPUT);
        } catch (IOException e) {
            return new byte[0];
        }
    }
}
