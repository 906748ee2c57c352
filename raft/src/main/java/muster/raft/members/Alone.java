package muster.raft.members;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** An agent whose server is the only one and opens no port for others. Joining only looks whether the other side is there. */
record Alone(AgentMember self, String address, BooleanSupplier leads, LongSupplier index) implements Cluster {
    private static final int CONNECT_MILLIS = 10_000;

    @Override
    public List<AgentMember> members() {
        return List.of(self);
    }

    @Override
    public List<Server> servers() {
        return List.of(new Server(self.id(), self.name(), address, leads.getAsBoolean()));
    }

    @Override
    public CompletableFuture<List<Health>> health() {
        return CompletableFuture.completedFuture(List.of(new Health(servers().getFirst(), "alive", Optional.empty(), 0, index.getAsLong(),
                leads.getAsBoolean(), self.since())));
    }

    @Override
    public Joined join(List<String> addresses) {
        return new Joined(0, addresses.stream().map(this::reach).toList());
    }

    private String reach(String address) {
        int colon = address.lastIndexOf(':');
        boolean hasPort = colon > 0 && address.substring(colon + 1).matches("\\d{1,5}");
        String name = hasPort ? address.substring(0, colon) : address;
        int port = hasPort ? Integer.parseInt(address.substring(colon + 1)) : self.port();
        InetSocketAddress target = port > 65_535 ? InetSocketAddress.createUnresolved(name, 0) : new InetSocketAddress(name, port);
        if (target.isUnresolved()) {
            return "Failed to resolve " + name + ": lookup " + name + ": no such host";
        }
        return "Failed to join " + target.getAddress().getHostAddress() + ": " + reach(target);
    }

    private static String reach(InetSocketAddress target) {
        String dialed = "dial tcp " + target.getAddress().getHostAddress() + ":" + target.getPort() + ": ";
        try (Socket socket = new Socket()) {
            socket.connect(target, CONNECT_MILLIS);
            return "this agent was started alone; give it bootstrap_expect or retry_join to make it one of several";
        } catch (InterruptedIOException e) {
            return dialed + "i/o timeout";
        } catch (IOException e) {
            return dialed + "connect: connection refused";
        }
    }

    @Override
    public void transfer(Server server) {
        throw new IllegalStateException("cannot find peer: this server is the only one");
    }

    @Override
    public boolean forceLeave(String name, boolean prune) {
        return name.equals(self.name());
    }

    @Override
    public void remove(Server server) {
        throw new IllegalStateException("need at least one voter in configuration: {[]}");
    }
}
