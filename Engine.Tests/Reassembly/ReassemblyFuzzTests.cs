using Engine.Mbufs.Wire;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Reassembly;

/// <summary>Random fragments of a few packets, good and bad ones, against a model that marks bytes in an array.</summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class ReassemblyFuzzTests(ArenaKind kind) : ReassemblyFixture(kind)
{
    private const int Payload = 160;
    private const int Packets = 5;
    private const int MostFragments = 5;

    [Test]
    public void Every_status_and_every_packet_is_that_of_the_model([Values] bool isIPv6, [Range(1, 4)] int seed)
    {
        var random = new Random(seed);
        MbufReassembler reassembler = Make(Options(fragments: MostFragments));
        Model[] models = Fresh();
        byte[][] wholes = [.. Enumerable.Range(0, Packets).Select(number => Whole(isIPv6, number))];
        var counts = new Dictionary<MbufReassemblyStatus, int>();
        using MbufScope mbufs = Arena.Enter();
        for (int step = 0; step < 15_000; step++)
        {
            int which = random.Next(Packets);
            (int offset, int length, bool more) = Draw(random, piece: which == 0 ? 16 : 32); // Of the one packet there are too many.
            byte[] fragment = FragmentBytes.Of(wholes[which], offset, length, more);
            bool changed = random.Next(200) == 0;
            fragment[^1] ^= changed ? (byte)1 : (byte)0;
            MbufReassemblyStatus expected = models[which].Add(offset, length, more, changed);
            if (expected == MbufReassemblyStatus.NotFragment)
            {
                continue;
            }

            counts[expected] = counts.GetValueOrDefault(expected) + 1;
            using MbufChain chain = Build(mbufs, fragment, RandomLayout.Of(random, fragment.Length));
            MbufReassemblyStatus status = reassembler.Add(mbufs, chain, out MbufChain packet);
            using (packet)
            {
                Assert.That(status, Is.EqualTo(expected), $"Step {step}: {offset}, {length}, {more}, {changed}.");
                Assert.That(packet.IsNull, Is.EqualTo(expected != MbufReassemblyStatus.Complete));
                if (expected == MbufReassemblyStatus.Complete)
                {
                    ChainAssert.Holds(packet, models[which].Applied(wholes[which]));
                    models[which] = new Model();
                }
            }

            FreePartners(mbufs);
            if (step % 200 == 199)
            {
                Time.Advance(TimeSpan.FromMinutes(2)); // Those that were dropped can come again.
                reassembler.Expire(mbufs);
                models = Fresh();
            }
        }

        Assert.That(counts.Keys, Has.Count.EqualTo(8), string.Join(", ", counts));
    }

    /// <summary>Where a fragment lies: mostly a whole piece at its place, at times anything.</summary>
    private static (int Offset, int Length, bool More) Draw(Random random, int piece)
    {
        bool tidy = random.Next(40) > 0;
        int offset = 8 * random.Next(Payload / 8);
        int length = tidy ? piece : random.Next(1, 50);
        offset = tidy ? offset / piece * piece : offset;
        length = Math.Min(length, Payload - offset);
        bool more = random.Next(60) == 0 ? random.Next(2) == 0 : offset + length < Payload;
        return (offset, more && offset == 0 ? Math.Max(8, length) : length, more);
    }

    private static Model[] Fresh() => [.. Enumerable.Range(0, Packets).Select(static _ => new Model())];

    private static byte[] Whole(bool isIPv6, int number)
    {
        byte[] whole = FragmentBytes.Whole(isIPv6, Payload, number);
        whole[isIPv6 ? 23 : 15] = (byte)number;
        return isIPv6 ? whole : FragmentBytes.Summed(whole);
    }

    /// <summary>What was given of one packet.</summary>
    private sealed class Model
    {
        private bool _isAbandoned;
        private int _end;

        public List<(int Offset, int Length, bool More, bool Changed)> Parts { get; } = [];

        public MbufReassemblyStatus Add(int offset, int length, bool more, bool changed)
        {
            if (offset == 0 && !more)
            {
                return MbufReassemblyStatus.NotFragment;
            }

            if (more && length % 8 != 0)
            {
                return MbufReassemblyStatus.Malformed;
            }

            if (_isAbandoned)
            {
                return MbufReassemblyStatus.Abandoned;
            }

            MbufReassemblyStatus status = Look(offset, length, more, changed);
            if (status is MbufReassemblyStatus.Held)
            {
                Parts.Add((offset, length, more, changed));
                _end = more ? _end : offset + length;
                bool isWhole = _end != 0 && Parts.Sum(static part => part.Length) == _end;
                return isWhole ? MbufReassemblyStatus.Complete : status;
            }

            _isAbandoned = status != MbufReassemblyStatus.Duplicate;
            return status;
        }

        /// <summary>The whole as the fragments say that it is: it may end before, and bytes may be changed.</summary>
        public byte[] Applied(byte[] whole)
        {
            int header = whole.Length - Payload;
            byte[] applied = whole[..(header + _end)];
            foreach ((int offset, int length, bool _, bool changed) in Parts)
            {
                applied[header + offset + length - 1] ^= changed ? (byte)1 : (byte)0;
            }

            if (applied[0] >> 4 == 4)
            {
                return FragmentBytes.Corrected(applied, 0);
            }

            applied[5] = (byte)_end;
            return applied;
        }

        private MbufReassemblyStatus Look(int offset, int length, bool more, bool changed)
        {
            int end = offset + length;
            int highest = Parts.Count == 0 ? 0 : Parts.Max(static part => part.Offset + part.Length);
            bool agrees = _end == 0 ? more || highest < end : more ? end < _end : end == _end;
            if (!agrees)
            {
                return MbufReassemblyStatus.Inconsistent;
            }

            if (Parts.Contains((offset, length, more, changed)))
            {
                return MbufReassemblyStatus.Duplicate;
            }

            if (Parts.Exists(part => part.Offset < end && offset < part.Offset + part.Length))
            {
                return MbufReassemblyStatus.Overlap;
            }

            return Parts.Count == MostFragments ? MbufReassemblyStatus.TooManyFragments : MbufReassemblyStatus.Held;
        }
    }
}
