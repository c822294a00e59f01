using System.Globalization;
using System.Text;

namespace Engine.Mbufs.Tests.Conformance;

/// <summary>One operation at work: its arguments, the machine that it works on, and the line that it prints.</summary>
/// <param name="machine">What the trace works with.</param>
/// <param name="line">The operation.</param>
/// <param name="expected">What the reference printed; only <see cref="Deviation"/> may look at it.</param>
internal sealed class TraceStep(TraceMachine machine, TraceLine line, string expected)
{
    private readonly StringBuilder _result = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{line.Number} {line.Operation}");
    private bool _showsRegisters;

    public TraceMachine Machine { get; } = machine;

    public TraceLine Line { get; } = line;

    public string Expected { get; } = expected;

    public string Result => _result.ToString();

    /// <summary>Reads a register that must be null: the operation's destination.</summary>
    public int Destination()
    {
        int register = Line.Register();
        return Machine.IsNull(register) ? register : throw new TraceException($"The destination r{register} is not null.");
    }

    /// <summary>Reads a tag register that must be null.</summary>
    public int TagDestination()
    {
        int place = Line.Tag();
        return Machine.IsNullTag(place) ? place : throw new TraceException($"The destination t{place} is not null.");
    }

    /// <summary>Reads a register and takes its chain, which must be put back.</summary>
    public MbufChain Subject(in MbufScope mbufs, out int register)
    {
        register = Line.Register();
        return Machine.Take(mbufs, register);
    }

    /// <summary>The same for a register that may be null.</summary>
    public MbufChain SubjectOrNull(in MbufScope mbufs, out int register)
    {
        register = Line.Register();
        return Machine.IsNull(register) ? default : Machine.Take(mbufs, register);
    }

    /// <summary>Puts a chain back into its register, to be printed.</summary>
    public void PutAndShow(in MbufScope mbufs, int register, MbufChain chain)
    {
        Machine.Put(register, chain);
        Show(mbufs, register);
    }

    /// <summary>A new chain, or none: what it returned, and its register.</summary>
    public void Deliver(in MbufScope mbufs, int register, MbufChain chain)
    {
        Returns(!chain.IsNull);
        PutAndShow(mbufs, register, chain);
    }

    public void Returns(bool something) => Key("ret", something ? "ok" : "null");

    public void Key(string name, bool value) => Key(name, value ? 1 : 0);

    public void Key(string name, long value) => Key(name, value.ToString(CultureInfo.InvariantCulture));

    public void Key(string name, string value) => _result.Append(CultureInfo.InvariantCulture, $" {name}={value}");

    public void Show(in MbufScope mbufs, int register)
    {
        StartRegisters();
        Append(TraceState.OfRegister(Machine, mbufs, register));
    }

    public void ShowTag(in MbufScope mbufs, int place)
    {
        StartRegisters();
        Append(TraceState.OfTag(Machine, mbufs, place));
    }

    public void ShowQueue(int place)
    {
        StartRegisters();
        Append(TraceState.OfQueue(Machine, place));
    }

    public void Append(string state) => _result.Append(' ').Append(state);

    /// <summary>Ends a trace with an explanation: the engine did not do what needs nothing and cannot fail.</summary>
    public TraceException Refused(string what) => new($"{Line.Operation}: {what}");

    private void StartRegisters()
    {
        if (!_showsRegisters)
        {
            _showsRegisters = true;
            _result.Append(" ;");
        }
    }
}
