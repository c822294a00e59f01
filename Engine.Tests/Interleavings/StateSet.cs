using System.Runtime.InteropServices;

namespace Engine.Mbufs.Tests.Interleavings;

/// <summary>The states that were seen, each once, numbered in the order in which they were found.</summary>
internal sealed class StateSet(int size)
{
    private byte[] _states = new byte[size * 1024];
    private int[] _slots = new int[4096];

    public int Count { get; private set; }

    public ReadOnlySpan<byte> this[int number] => _states.AsSpan(number * size, size);

    /// <summary>The number of a state; true if it is new.</summary>
    public bool TryAdd(ReadOnlySpan<byte> state, out int number)
    {
        int slot = Find(state);
        number = _slots[slot] - 1;
        if (number >= 0)
        {
            return false;
        }

        number = Count++;
        if (Count * size > _states.Length)
        {
            Array.Resize(ref _states, _states.Length * 2);
        }

        state.CopyTo(_states.AsSpan(number * size));
        _slots[slot] = Count;
        if (Count * 2 > _slots.Length)
        {
            Grow();
        }

        return true;
    }

    private int Find(ReadOnlySpan<byte> state)
    {
        int slot = Hash(state) & (_slots.Length - 1);
        while (_slots[slot] != 0 && !this[_slots[slot] - 1].SequenceEqual(state))
        {
            slot = (slot + 1) & (_slots.Length - 1);
        }

        return slot;
    }

    private void Grow()
    {
        _slots = new int[_slots.Length * 2];
        for (int number = 0; number < Count; number++)
        {
            _slots[Find(this[number])] = number + 1;
        }
    }

    private static int Hash(ReadOnlySpan<byte> state)
    {
        ulong hash = 14695981039346656037;
        foreach (ulong part in MemoryMarshal.Cast<byte, ulong>(state))
        {
            hash = (hash ^ part) * 0x9E3779B97F4A7C15;
            hash ^= hash >> 32;
        }

        return (int)hash;
    }
}
