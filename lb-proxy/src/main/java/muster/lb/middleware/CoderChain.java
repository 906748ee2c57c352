package muster.lb.middleware;

import java.util.Optional;
import muster.lb.exchange.BodyCoder;
import muster.lb.exchange.Decision;

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
        byte[] last = second.piece(first.end());
        byte[] rest = second.end();
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
