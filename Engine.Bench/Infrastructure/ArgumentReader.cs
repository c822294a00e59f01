using System.Globalization;

namespace Engine.Mbufs.Bench;

/// <summary>Takes a command line apart, one argument at a time.</summary>
internal sealed class ArgumentReader
{
    private readonly string[] _arguments;
    private int _next;

    public ArgumentReader(string[] arguments)
    {
        _arguments = arguments;
    }

    /// <summary>The argument read last.</summary>
    public string Current => _arguments[_next - 1];

    /// <summary>Goes to the next argument; false at the end.</summary>
    public bool MoveNext() => _next < _arguments.Length && ++_next > 0;

    /// <summary>The value that must follow the current option.</summary>
    public string Value()
    {
        string option = Current;
        return MoveNext() ? Current : throw new UsageException($"{option} needs a value.");
    }

    /// <summary>The whole number that must follow the current option.</summary>
    public int Number(int least, int most)
    {
        string option = Current;
        string text = Value();
        bool isNumber = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number);
        return isNumber && number >= least && number <= most
            ? number
            : throw new UsageException($"{option} needs a number from {least} to {most}, not '{text}'.");
    }

    /// <summary>The number, which may have a fraction, that must follow the current option.</summary>
    public double Fraction(double least, double most)
    {
        string option = Current;
        string text = Value();
        bool isNumber = double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number);
        return isNumber && number >= least && number <= most
            ? number
            : throw new UsageException(FormattableString.Invariant(
                $"{option} needs a number from {least} to {most}, such as {Math.Max(least, 0.5)}, not '{text}'."));
    }
}
