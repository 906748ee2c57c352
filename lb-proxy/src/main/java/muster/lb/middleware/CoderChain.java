package muster.lb.middleware;

import java.util.Optional;
import muster.lb.exchange.BodyCoder;
import muster.lb.exchange.Decision;
import muster.lb.exchange.HeaderList;

/** Two coders, the second gets what the first makes. */
final class CoderChain implements BodyCoder {
    private final BodyCoder first;
    private final BodyCoder second;

    CoderChain(BodyCoder first, BodyCoder second) {
        this.first = first;
        this.second = second;
    }

    @Override
    public byte[] piece(byte[] piece) {
        return second.piece(first.piece(piece));
    }

    @Override
    public byte[] end() {
        return end(new HeaderList());
    }

    @Override
    public boolean takesTrailers() {
        return first.takesTrailers() || second.takesTrailers();
    }

    @Override
    public byte[] end(HeaderList trailers) {
        byte[] last = second.piece(first.end(trailers));
        byte[] rest = second.end(trailers);
        byte[] all = java.util.Arrays.copyOf(last, last.length + rest.length);
        System.arraycopy(rest, 0, all, last.length, rest.length);
        return all;
    }

    @Override
    public void close() {
        first.close();
        second.close();
    }

    @Override
    public boolean isHolding() {
        return first.isHolding() || second.isHolding();
    }

    @Override
    public Optional<Decision> instead() {
        return first.instead().or(second::instead);
    }
}
