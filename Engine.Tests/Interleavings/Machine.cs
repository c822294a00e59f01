using System.Buffers.Binary;

namespace Engine.Mbufs.Tests.Interleavings;

/// <summary>
/// One state of a model: memory, and for each thread a program counter, registers and a store buffer. Thread by thread it can
/// be moved by one step.
/// </summary>
/// <remarks>
/// <para>The memory is weaker than that of x64, so that it stands for arm64, too, as far as stores go. A store goes to the buffer
/// of its thread, and reaches memory at any later moment; stores to different words in any order, but for a release, which
/// waits for all that were made before it. A load sees the youngest store of its own buffer, else memory. A full fence, and what
/// is interlocked, waits until the buffer is empty.</para>
/// <para>Loads are made in the order of the program: the engine reads by Volatile.Read, or behind a fence, where it matters.</para>
/// <para>A monitor is what the memory model of .NET promises, and no more: Enter acquires and Exit releases; neither is a full
/// fence, although both are on today's runtimes.</para>
/// </remarks>
internal sealed class Machine(int words, int locals, Instruction[][] programs)
{
    /// <summary>Stores that a buffer holds at most; one more waits until there is room.</summary>
    public const int MostStores = 4;

    /// <summary>
    /// Program counter, two bytes; the gate that it sleeps at plus 1, and by <see cref="TurnUnit"/> how many slept there before; length of
    /// the buffer.
    /// </summary>
    private const int FixedBytes = 4;
    private const int StoreBytes = 3;
    private const int TurnUnit = 8;

    private readonly int _threadSize = FixedBytes + locals + (MostStores * StoreBytes);
    private int _thread;

    private enum StoreKind : byte
    {
        Plain,
        Release,

        /// <summary>By an interlocked instruction whose fence was taken out: nobody else's may come between.</summary>
        Atomic,
    }

    /// <summary>Bytes of a state: a multiple of 8.</summary>
    public int Size => (words + (Threads * _threadSize) + 7) / 8 * 8;

    public byte[] State { get; set; } = [];

    public int Threads => programs.Length;

    /// <summary>The number of the thread whose step it is.</summary>
    public int Thread => _thread;

    /// <summary>What a step found wrong, or null.</summary>
    public string? Violation { get; private set; }

    /// <summary>What the last instruction with a result gave.</summary>
    public int LastResult { get; private set; }

    /// <summary>Where the thread goes on after its step.</summary>
    public int Next { get; set; }

    private int Base => words + (_thread * _threadSize);

    private ref byte Stores => ref State[Base + 3];

    /// <summary>A register of the thread whose step it is.</summary>
    public int this[Local local]
    {
        get => State[Base + FixedBytes + local.Number];
        set => State[Base + FixedBytes + local.Number] = (byte)value;
    }

    /// <summary>What is in memory, past all buffers: for what is no part of the program, such as who is inside.</summary>
    public int this[Word word]
    {
        get => State[word.Number];
        set => State[word.Number] = (byte)value;
    }

    public bool HasEnded(int thread) => CounterOf(thread) == programs[thread].Length;

    public bool IsAsleep(int thread) => SleepOf(thread) != 0;

    /// <summary>The instruction that the thread executes next.</summary>
    public Instruction? NextOf(int thread) => HasEnded(thread) ? null : programs[thread][CounterOf(thread)];

    public int RegisterOf(int thread, Local local) => State[words + (thread * _threadSize) + FixedBytes + local.Number];

    /// <summary>Keeps the result of an instruction.</summary>
    public void Keep(Local local, int value)
    {
        this[local] = value;
        LastResult = value;
    }

    public void Fail(string sentence) => Violation ??= sentence;

    /// <summary>One instruction that touches shared memory, and the local ones after it. False if the thread cannot go on now.</summary>
    public bool TryStep(int thread)
    {
        _thread = thread;
        Violation = null;
        if (HasEnded(thread) || IsAsleep(thread))
        {
            return false;
        }

        Next = CounterOf(thread) + 1;
        if (!programs[thread][CounterOf(thread)].Step(this))
        {
            return false;
        }

        Goto(Next);
        RunLocal(thread);
        return true;
    }

    /// <summary>Executes what only concerns the thread itself, up to its next access to shared memory.</summary>
    public void RunLocal(int thread)
    {
        _thread = thread;
        while (!HasEnded(thread) && programs[thread][CounterOf(thread)].IsLocal)
        {
            Next = CounterOf(thread) + 1;
            programs[thread][CounterOf(thread)].Step(this);
            Goto(Next);
        }

        if (HasEnded(thread))
        {
            State.AsSpan(Base + FixedBytes, locals).Clear(); // Nobody reads them any more: fewer states.
        }
    }

    /// <summary>How many stores the thread has in its buffer.</summary>
    public int StoresOf(int thread) => State[words + (thread * _threadSize) + 3];

    /// <summary>One store of the buffer reaches memory. False if it must wait for others.</summary>
    public bool TryDrain(int thread, int store, out int word, out int value)
    {
        _thread = thread;
        Violation = null;
        (word, StoreKind kind, value) = StoreAt(store);
        for (int earlier = 0; earlier < store; earlier++)
        {
            if (kind == StoreKind.Release || StoreAt(earlier).Word == word)
            {
                return false;
            }
        }

        if (IsReserved(word))
        {
            return false;
        }

        State[word] = (byte)value;
        int at = Base + FixedBytes + locals + (store * StoreBytes);
        int left = (Stores - store - 1) * StoreBytes;
        State.AsSpan(at + StoreBytes, left).CopyTo(State.AsSpan(at));
        State.AsSpan(at + left, StoreBytes).Clear();
        Stores--;
        return true;
    }

    /// <summary>What a load gives: the youngest store of the thread's own buffer, else memory.</summary>
    public int Load(Word word)
    {
        for (int store = Stores - 1; store >= 0; store--)
        {
            (int Word, StoreKind, int Value) own = StoreAt(store);
            if (own.Word == word.Number)
            {
                return own.Value;
            }
        }

        return this[word];
    }

    public bool TryStore(Word word, int value, bool release)
        => TryBuffer(word, value, release ? StoreKind.Release : StoreKind.Plain);

    public bool IsDrained() => Stores == 0;

    /// <summary>
    /// Reads, changes and writes a word as one. With the fence the buffer is empty before, and the new value in memory
    /// after; without, the store may be late, and only other atomic changes of the word wait for it.
    /// </summary>
    /// <param name="word">The word.</param>
    /// <param name="change">The new value by the old one; the same for none.</param>
    /// <param name="isFence">Whether it is a full fence.</param>
    /// <param name="before">The old value.</param>
    public bool TryExchange(Word word, Func<Machine, int, int> change, bool isFence, out int before)
    {
        before = this[word];
        if ((isFence && Stores != 0) || IsReserved(word.Number) || Holds(word))
        {
            return false;
        }

        int after = change(this, before);
        if (isFence)
        {
            this[word] = after;
            return true;
        }

        return after == before || TryBuffer(word, after, StoreKind.Atomic);
    }

    /// <summary>Takes a free gate: acquires, and does not drain the buffer.</summary>
    public bool TryEnter(Gate gate)
    {
        if (this[gate.Holder] != 0 || IsReserved(gate.Holder.Number) || Holds(gate.Holder))
        {
            return false;
        }

        this[gate.Holder] = Thread + 1;
        return true;
    }

    /// <summary>Sleeps at a gate. The thread goes on when it was pulsed, behind this instruction.</summary>
    public bool TrySleep(Gate gate)
    {
        if (!TryStore(gate.Holder, 0, release: true))
        {
            return false;
        }

        int turn = 0;
        for (int thread = 0; thread < Threads; thread++)
        {
            turn = SleepsAt(thread, gate) ? Math.Max(turn, (SleepOf(thread) / TurnUnit) + 1) : turn;
        }

        SleepOf(Thread) = (byte)((turn * TurnUnit) + gate.Number + 1);
        return true;
    }

    /// <summary>Wakes all that sleep at a gate.</summary>
    public void Pulse(Gate gate)
    {
        for (int thread = 0; thread < Threads; thread++)
        {
            if (SleepsAt(thread, gate))
            {
                SleepOf(thread) = 0;
            }
        }
    }

    /// <summary>Wakes the thread that has slept at a gate longest.</summary>
    public void PulseOne(Gate gate)
    {
        for (int turn = 0; turn < Threads; turn++)
        {
            for (int thread = 0; thread < Threads; thread++)
            {
                if (SleepsAt(thread, gate) && SleepOf(thread) / TurnUnit == turn)
                {
                    SleepOf(thread) = 0;
                    return;
                }
            }
        }
    }

    private ref byte SleepOf(int thread) => ref State[words + (thread * _threadSize) + 2];

    private bool SleepsAt(int thread, Gate gate) => SleepOf(thread) % TurnUnit == gate.Number + 1;

    private int CounterOf(int thread) => BinaryPrimitives.ReadUInt16LittleEndian(State.AsSpan(words + (thread * _threadSize)));

    private void Goto(int instruction) => BinaryPrimitives.WriteUInt16LittleEndian(State.AsSpan(Base), (ushort)instruction);

    private bool TryBuffer(Word word, int value, StoreKind kind)
    {
        if (Stores == MostStores)
        {
            return false;
        }

        int at = Base + FixedBytes + locals + (Stores * StoreBytes);
        (State[at], State[at + 1], State[at + 2]) = ((byte)word.Number, (byte)kind, (byte)value);
        Stores++;
        return true;
    }

    private (int Word, StoreKind Kind, int Value) StoreAt(int store) => StoreAt(_thread, store);

    private (int Word, StoreKind Kind, int Value) StoreAt(int thread, int store)
    {
        int at = words + (thread * _threadSize) + FixedBytes + locals + (store * StoreBytes);
        return (State[at], (StoreKind)State[at + 1], State[at + 2]);
    }

    /// <summary>True if the thread's own buffer has a store to the word.</summary>
    private bool Holds(Word word)
    {
        for (int store = 0; store < Stores; store++)
        {
            if (StoreAt(store).Word == word.Number)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>True if another thread has changed the word atomically, and the store has not reached memory.</summary>
    private bool IsReserved(int word)
    {
        for (int thread = 0; thread < Threads; thread++)
        {
            for (int store = 0; thread != _thread && store < StoresOf(thread); store++)
            {
                (int Word, StoreKind Kind, int) other = StoreAt(thread, store);
                if (other.Kind == StoreKind.Atomic && other.Word == word)
                {
                    return true;
                }
            }
        }

        return false;
    }
}
