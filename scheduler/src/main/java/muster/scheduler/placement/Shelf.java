package muster.scheduler.placement;

import java.util.Arrays;

/**
 * Nodes, by number, whose order among themselves depends on nothing but themselves: a heap with the best on top. Places of the
 * nodes are kept in an array that all shelves share, since each node is on at most one.
 */
final class Shelf {
    private final double[] local;
    private final long[] ties;
    private final int[] places;
    private int[] nodes = new int[8];
    private int size;

    /**
     * @param local what is better is greater
     * @param ties decides among equals, the smaller first; no two are equal
     * @param places where each node is; this writes it
     */
    Shelf(double[] local, long[] ties, int[] places) {
        this.local = local;
        this.ties = ties;
        this.places = places;
    }

    int size() {
        return size;
    }

    /** The node at a place: 0 is the best; none is better than the one at half of its place, less one. */
    int at(int place) {
        return nodes[place];
    }

    private boolean better(int a, int b) {
        return local[a] > local[b] || local[a] == local[b] && ties[a] < ties[b];
    }

    void add(int node) {
        if (size == nodes.length) {
            nodes = Arrays.copyOf(nodes, size * 2);
        }
        up(size++, node);
    }

    void remove(int node) {
        int place = places[node];
        int last = nodes[--size];
        if (last != node) {
            if (place > 0 && better(last, nodes[(place - 1) / 2])) {
                up(place, last);
            } else {
                down(place, last);
            }
        }
    }

    private void up(int from, int node) {
        int place = from;
        while (place > 0 && better(node, nodes[(place - 1) / 2])) {
            put(place, nodes[(place - 1) / 2]);
            place = (place - 1) / 2;
        }
        put(place, node);
    }

    private void down(int from, int node) {
        int place = from;
        while (2 * place + 1 < size) {
            int child = 2 * place + 1;
            if (child + 1 < size && better(nodes[child + 1], nodes[child])) {
                child++;
            }
            if (!better(nodes[child], node)) {
                break;
            }
            put(place, nodes[child]);
            place = child;
        }
        put(place, node);
    }

    private void put(int place, int node) {
        nodes[place] = node;
        places[node] = place;
    }
}
