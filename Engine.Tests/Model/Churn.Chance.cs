namespace Engine.Mbufs.Tests.Model;

/// <content>What is random: the operation, its packets and its arguments, which are noted for the report of a difference.</content>
internal sealed partial class Churn
{
    private const int MostNoise = 32_768;

    /// <summary>More than this a packet does not hold, so that comparing stays cheap; twice the largest cluster.</summary>
    private const int MostBytes = 40_000;

    /// <summary>Steps in which more is allocated than freed, or the other way round.</summary>
    private const int Tide = 300;

    private static readonly MbufClusterSize[] s_sizes = Enum.GetValues<MbufClusterSize>();
    private static readonly int[] s_boundaries = [0, 1, 191, 192, 193, 2047, 2048, 2049, 4096, 4097, 9216, 9217, 16384];

    private readonly byte[] _noise = new byte[2 * MostNoise];
    private readonly long[] _notes = new long[8];
    private readonly Operation[] _whileGrowing;
    private readonly Operation[] _whileShrinking;
    private int _noted;

    private Operation Choose(int step)
    {
        Operation[] operations = step / Tide % 2 == 0 ? _whileGrowing : _whileShrinking;
        return operations[_random.Next(operations.Length)];
    }

    /// <summary>Every operation as often as its weight says; those that free, more often by a factor.</summary>
    private Operation[] Weigh(int freeing)
    {
        Step[] frees = [Free, FreeFirstSegment, FreeMany, DisposePacket, DrainQueue, FreeTag];
        return [.. Operations.SelectMany(operation => Enumerable.Repeat(
            operation, operation.Weight * (frees.Contains(operation.Step) ? freeing : 1)))];
    }

    /// <summary>
    /// Stress that is set anew now and then, on top of the rates that a run starts with: one allocation that fails, and the size of
    /// the mbufs that packets come apart into before they are sent.
    /// </summary>
    private void Stress()
    {
        if (!_settings.IsStressed)
        {
            return;
        }

        if (OneIn(40))
        {
            _arena.Stress.FailAllocationNumber = 1 + _random.Next(8);
        }

        if (OneIn(40))
        {
            _arena.Stress.MaximumSegmentLength = OneIn(3) ? 0 : 1 + _random.Next((int)MbufClusterSize.Standard);
        }
    }

    private bool OneIn(int times) => _random.Next(times) == 0;

    /// <summary>An argument, for the report.</summary>
    private T Noted<T>(T argument)
        where T : struct, IConvertible
    {
        Note(argument.ToInt64(null));
        return argument;
    }

    private void Note(long argument)
    {
        if (_noted < _notes.Length)
        {
            _notes[_noted++] = argument;
        }
    }

    private string Arguments() => string.Join(", ", _notes.Take(_noted));

    /// <summary>A random packet, to be opened; null if there is none.</summary>
    private ModelPacket? Pick() => _packets.Count == 0 ? null : _packets[_random.Next(_packets.Count)];

    /// <summary>Another one than the first; null if there is none.</summary>
    private ModelPacket? PickBut(ModelPacket first)
    {
        ModelPacket? other = Pick();
        return other == first ? null : other;
    }

    /// <summary>A random packet with a header; null if none is found in a few attempts.</summary>
    private ModelPacket? PickWithHeader()
    {
        for (int attempt = 0; attempt < 4; attempt++)
        {
            if (Pick() is { HasHeader: true } packet)
            {
                return packet;
            }
        }

        return null;
    }

    /// <summary>A length from nothing to more than a cluster, with a liking for boundaries.</summary>
    private int RandomLength() => Noted(_random.Next(8) switch
    {
        0 => s_boundaries[_random.Next(s_boundaries.Length)],
        1 => _random.Next(5_000),
        2 => _random.Next(3) == 0 ? _random.Next(20_000) : _random.Next(2_500),
        _ => _random.Next(400),
    });

    /// <summary>A length that a packet may grow by.</summary>
    private int RandomGrowth(ModelPacket packet) => Math.Min(RandomLength(), Math.Max(0, MostBytes - packet.Length));

    private int RandomContiguous() => Math.Min(RandomLength(), MbufSizes.MaximumContiguous);

    private int RandomContiguousGrowth(ModelPacket packet) => Math.Min(RandomGrowth(packet), MbufSizes.MaximumContiguous);

    /// <summary>A place in a packet, its ends and what lies behind included.</summary>
    private int RandomOffset(int length) => Noted(_random.Next(8) switch
    {
        0 => 0,
        1 => length,
        2 => length + _random.Next(300),
        _ => _random.Next(length + 1),
    });

    /// <summary>How much from an offset on: most often what there is or less, at times too much, at times nothing.</summary>
    private int RandomRange(int length, int offset)
    {
        int left = Math.Max(0, length - offset);
        return Noted(_random.Next(8) switch
        {
            0 => left,
            1 => 0,
            2 => left + 1 + _random.Next(100),
            3 => Math.Min(left, 1 + _random.Next(40)),
            _ => _random.Next(left + 1),
        });
    }

    /// <summary>How much to trim: more often a little than a part of everything.</summary>
    private int RandomTrim(int length) => _random.Next(3) == 0 ? RandomOffset(length) : Noted(_random.Next(200));

    /// <summary>So many random bytes, valid until others are asked for.</summary>
    private ReadOnlySpan<byte> RandomBytes(int length) => _noise.AsSpan(_random.Next(MostNoise), Math.Min(length, MostNoise));
}
