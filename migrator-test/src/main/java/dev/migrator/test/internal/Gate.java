package dev.migrator.test.internal;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/** Lets threads pass, or wait until it is opened. */
public final class Gate {
    private final Lock lock = new ReentrantLock();
    private final Condition opened = lock.newCondition();
    private boolean shut;
    private int waiting;

    /** From now on threads wait. */
    public void shut() {
        lock.lock();
        try {
            shut = true;
        } finally {
            lock.unlock();
        }
    }

    /** Lets those that wait pass, and all others. */
    public void open() {
        lock.lock();
        try {
            shut = false;
            opened.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** How many threads wait now. */
    public int waiting() {
        lock.lock();
        try {
            return waiting;
        } finally {
            lock.unlock();
        }
    }

    /** Returns when it is open. */
    void pass() {
        lock.lock();
        try {
            waiting++;
            while (shut) {
                opened.awaitUninterruptibly();
            }
            waiting--;
        } finally {
            lock.unlock();
        }
    }
}
