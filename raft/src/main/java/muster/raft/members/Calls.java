package muster.raft.members;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import muster.raft.Greeting;
import muster.raft.Member;
import muster.raft.members.AskException.Reason;

/**
 * Connections to other agents, one to each for all questions, made when there is a first one. Any thread may call.
 */
final class Calls implements AutoCloseable {
    private final MemberSettings settings;
    private final Greeting greeting;
    private final Supplier<AgentMember> self;
    private final Function<String, Optional<RequestHandler>> handlers;
    private final Map<String, CompletableFuture<Link>> links = new HashMap<>();
    private boolean closed;

    /** @param handlers of questions that come back on such a connection */
    Calls(MemberSettings settings, Greeting greeting, Supplier<AgentMember> self, Function<String, Optional<RequestHandler>> handlers) {
        this.settings = settings;
        this.greeting = greeting;
        this.self = self;
        this.handlers = handlers;
    }

    /** Connects; blocks at most about the time of an answer. The caller closes. */
    Link connect(String host, int port) throws IOException {
        Duration patience = settings.times().answer();
        Socket socket = settings.sockets().connect(InetSocketAddress.createUnresolved(host, port), patience);
        try {
            AgentMember own = self.get();
            Link link = new Link(socket, true, greeting, new Member(own.name(), own.address()), patience, handlers);
            Thread.ofVirtual().name("member-link").start(link::read);
            return link;
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /** Asks an agent over its connection. Fails with {@link AskException}. */
    CompletableFuture<byte[]> ask(AgentMember member, String kind, byte[] body) {
        CompletableFuture<Link> link = link(member);
        if (link.isDone() && !link.isCompletedExceptionally()) {
            return link.join().ask(kind, body);
        }
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        link.whenComplete((made, failure) -> {
            if (failure != null) {
                answer.completeExceptionally(new AskException(Reason.NOT_SENT,
                        member.name() + " at " + member.address() + " can't be reached: " + failure.getMessage()));
                return;
            }
            CompletableFuture<byte[]> asked = made.ask(kind, body);
            answer.whenComplete((done, ended) -> asked.cancel(false));
            asked.whenComplete((done, error) -> {
                if (error != null) {
                    answer.completeExceptionally(error);
                } else {
                    answer.complete(done);
                }
            });
        });
        return answer;
    }

    private CompletableFuture<Link> link(AgentMember member) {
        synchronized (links) {
            if (closed) {
                return CompletableFuture.failedFuture(new IOException("this agent is being stopped"));
            }
            CompletableFuture<Link> known = links.get(member.name());
            if (known != null) {
                return known;
            }
            CompletableFuture<Link> made = new CompletableFuture<>();
            links.put(member.name(), made);
            Thread.ofVirtual().name("member-connect").start(() -> make(member, made));
            return made;
        }
    }

    private void make(AgentMember member, CompletableFuture<Link> made) {
        try {
            Link link = connect(unbracketed(member.host()), member.port());
            link.ended().thenRun(() -> forget(member.name(), made));
            if (!made.complete(link)) {
                link.close();
            }
        } catch (IOException | RuntimeException e) {
            forget(member.name(), made);
            made.completeExceptionally(e);
        }
    }

    static String unbracketed(String host) {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }

    private void forget(String name, CompletableFuture<Link> link) {
        synchronized (links) {
            links.remove(name, link);
        }
    }

    /** Ends the connection to an agent that does not answer: what was asked over it fails now. */
    void drop(String name) {
        CompletableFuture<Link> link;
        synchronized (links) {
            link = links.remove(name);
        }
        end(link);
    }

    private static void end(CompletableFuture<Link> link) {
        if (link != null && !link.completeExceptionally(new IOException("given up"))) {
            link.thenAccept(Link::close);
        }
    }

    @Override
    public void close() {
        Map<String, CompletableFuture<Link>> all;
        synchronized (links) {
            closed = true;
            all = Map.copyOf(links);
            links.clear();
        }
        all.values().forEach(Calls::end);
    }
}
